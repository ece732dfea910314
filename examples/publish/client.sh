# shellcheck shell=sh disable=SC2154 # the caller's variables
# Talking to ClickHouse over HTTP with curl; read by publish.sh, ad_mart and the demos. The caller sets
#   url       of the server, with user and password where it has them
#   database  that names without a database belong to
#   scratch   a folder of its own
#   query_tag what the ids of its queries begin with

# Signs that have a meaning in a URL become %XX.
url_encode() {
    case $1 in
    *[!A-Za-z0-9_.-]*) ;;
    *) printf '%s' "$1" && return ;;
    esac
    printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n' | sed 's/\(..\)/%\1/g'
}

# Whether the answer's header came whole: of a server that is killed in the midst of it, curl makes an empty answer.
header_ended() {
    [ "$(tail -n 1 "$scratch/header")" = "$(printf '\r')" ] && return
    echo "the connection ended within the answer's header" >"$scratch/error"
    return 1
}

# send FILE [NAME=VALUE...]: runs the statement in FILE with these query parameters, or, where a name
# begins with `set:`, settings. Prints the answer. A failure leaves the server's message in
# $scratch/error.
send() {
    statement=$1
    shift
    query_number=$((${query_number:-0} + 1))
    request="$url/?"
    case $url in *\?*) request="$url&" ;; esac
    request="${request}database=$database&wait_end_of_query=1&query_id=$query_tag-$query_number-$$-$(date +%s%N)"
    for pair in "$@"; do
        value=$(url_encode "${pair#*=}")
        case $pair in
        set:*) setting=${pair%%=*} && request="$request&${setting#set:}=$value" ;;
        *) request="$request&param_${pair%%=*}=$value" ;;
        esac
    done
    # The address goes in on standard input: what stands in a command, everyone on the machine can read.
    http_code=$(printf 'url = "%s"\n' "$request" |
        curl -sS -D "$scratch/header" -o "$scratch/answer" -w '%{http_code}' --data-binary "@$statement" -K - \
            2>"$scratch/error" && header_ended) || {
        sed -i '1s/^/no answer from the server: /' "$scratch/error"
        return 1
    }
    if [ "$http_code" != 200 ]; then
        head -c 2000 "$scratch/answer" >"$scratch/error"
        return 1
    fi
    cat "$scratch/answer"
}

# sql TEXT [NAME=VALUE...]
sql() {
    printf '%s\n' "$1" >"$scratch/statement"
    shift
    send "$scratch/statement" "$@"
}

# What the statements of a file go through on their way; a caller whose files are templates has its own.
fill_in() {
    cat
}

# step FILE NAME [NAME=VALUE...]: runs one step of an SQL file: from its line `-- step: NAME` to the next.
# Where it has several statements, each but the last ends with a semicolon at the end of a line.
step() {
    rm -f "$scratch"/part.*
    awk -v name="$2" '/^-- step: / { found = ($3 == name) } found || name == ""' "$1" | fill_in |
        awk -v base="$scratch/part." '{ print > (base sprintf("%03d", n)) } /;$/ { n++ }'
    if ! [ -e "$scratch/part.000" ]; then
        echo "no step '$2' in $1" >"$scratch/error"
        return 1
    fi
    shift 2
    for part in "$scratch"/part.*; do
        ! grep -qv -e '^--' -e '^ *$' "$part" || send "$part" "$@" || return 1
    done
}

# script FILE [NAME=VALUE...]: all statements of a file.
script() {
    script_file=$1
    shift
    step "$script_file" '' "$@"
}

# The server's last error as one line, without the stack of names around it; what a program of executable() says is
# said by the server as the name of an aggregate function, so that it fails under any settings.
last_error() {
    tr '\n' ' ' <"$scratch/error" | sed -e 's/^Code: [0-9]*\. DB::Exception: //' -e 's/^Unknown aggregate function \([a-z_]*: \)/\1/' -e 's/ (version .*//' -e 's/: While executing .*//' -e 's/ *$//'
}
