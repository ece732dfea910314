# shellcheck shell=sh disable=SC2154,SC2034
# Talking to ClickHouse over HTTP with curl; read by install.sh and doctor.sh. The caller sets
#   url       of the server, without user and password in it or with them
#   scratch   a folder of its own
# and may set user and password.

# Signs that have a meaning in a URL become %XX.
url_encode() {
    printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n' | sed 's/\(..\)/%\1/g'
}

# A text between the quotes of curl's configuration.
curl_text() {
    printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

# What curl reads on standard input: a command's words, and so a password there, everyone can read.
curl_config() {
    printf 'url = "%s/?wait_end_of_query=1%s"\n' "${url%/}" "$1"
    [ -z "${user:-}" ] || printf 'header = "X-ClickHouse-User: %s"\n' "$(curl_text "$user")"
    [ -z "${password:-}" ] || printf 'header = "X-ClickHouse-Key: %s"\n' "$(curl_text "$password")"
}

# A parameter's value as the server reads it: in its tab-separated format.
parameter_text() {
    printf '%s' "$1" | awk '{ gsub(/\\/, "\\\\"); gsub(/\t/, "\\t"); printf "%s%s", (NR > 1 ? "\\n" : ""), $0 }'
}

# Whether the answer's header came whole: of a server that is killed in the midst of it, curl makes an empty answer.
header_ended() {
    [ "$(tail -n 1 "$scratch/header")" = "$(printf '\r')" ] && return
    echo "the connection ended within the answer's header" >"$scratch/error"
    return 1
}

# ask SQL [NAME=VALUE...]: prints the answer. NAME is a parameter of the query, or with `set:` before it a
# setting. After a failure the status is 1 and $scratch/error has the reason on one line.
ask() {
    printf '%s\n' "$1" >"$scratch/statement"
    shift
    parameters=
    for pair in "$@"; do
        name=${pair%%=*} value=${pair#*=}
        case $name in
        set:*) parameters="$parameters&${name#set:}=$(url_encode "$value")" ;;
        *) parameters="$parameters&param_$name=$(url_encode "$(parameter_text "$value")")" ;;
        esac
    done
    code=$(curl_config "$parameters" | curl -sS --connect-timeout 10 -m 120 -D "$scratch/header" -o "$scratch/answer" \
        -w '%{http_code}' --data-binary "@$scratch/statement" -K - 2>"$scratch/error" && header_ended) || {
        sed -i '1s/^/no answer from the server: /' "$scratch/error"
        return 1
    }
    if [ "$code" != 200 ]; then
        head -c 2000 "$scratch/answer" | tr '\n' ' ' | sed -e 's/ (version .*//' >"$scratch/error"
        return 1
    fi
    cat "$scratch/answer"
}

# The reason why the last question has no answer, on one line.
last_error() {
    tr '\n' ' ' <"$scratch/error" | sed 's/ *$//'
}

# server_option OPTION VALUE: takes an option that says where the server is and who asks. Status 1 where
# it is another.
server_option() {
    case $1 in
    --url) url=$2 ;;
    --user) user=$2 ;;
    --password-file) password=$(cat "$2") || exit 2 ;;
    --cluster) cluster=$2 ;;
    --from) from=$2 ;;
    *) return 1 ;;
    esac
}

# find_payload HERE: sets $from, the folder saltwell-VERSION that the programs lie in, unless it is set: beside
# the scripts, where a source tree has built it, or where an unpacked archive has it. The newest, if several.
find_payload() {
    [ -z "$from" ] || return 0
    for folder in "$1" "${BUILD:-$1/../build}" "$1/../../../var/lib/clickhouse/user_scripts"; do
        for found in "$folder"/saltwell-*/; do
            [ ! -e "$found/selftest.tsv" ] || from=${found%/}
        done
        [ -z "$from" ] || return 0
    done
    return 1
}
