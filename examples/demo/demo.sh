#!/bin/sh
# The main job on real input: loads a log, finds each user's periods and each host's mean and
# deviation, and shows the SQL that did it. `make demo` builds what it needs and calls it.
#
#   DATA=FILE   a CSV or CSV.zst with a header; without it a log is generated
#   KEY=a,b     the columns that make a user
#   TIME=a,b    the columns that make a time
#   VALUE=a     the column to average
#   HOST=a      the column to average by (default: KEY)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-build}
saltwell="$BUILD/saltwell-local"
store="$BUILD/demo"
DATA=${DATA:-} KEY=${KEY:-} TIME=${TIME:-} VALUE=${VALUE:-} HOST=${HOST:-${KEY:-}}

fail() {
    echo "demo: $*" >&2
    exit 1
}

sql() {
    "$saltwell" --path "$store" --database demo "$@"
}

# Says every two seconds that a step still runs, and at its end how long it took.
step() {
    what=$1
    shift
    printf '%s ...\n' "$what"
    began=$(date +%s)
    "$@" &
    job=$!
    waited=0
    while kill -0 "$job" 2>/dev/null; do
        sleep 0.2
        waited=$((waited + 1))
        [ $((waited % 10)) -ne 0 ] || printf '  %s s\n' $((waited / 5))
    done
    wait "$job" || fail "$what: failed"
    printf '  done in %s s\n' $(($(date +%s) - began))
}

# a,b -> `a`, `b`
columns() {
    printf '%s' "$1" | sed 's/`//g; s/[^,][^,]*/`&`/g; s/,/, /g'
}

check_column_names() {
    reader=cat
    case $DATA in *.zst) reader='zstd -dcq' ;; esac
    header=$($reader -- "$DATA" 2>/dev/null | head -n 1 | tr -d '"\r')
    for name in $(printf '%s' "$KEY,$TIME,$VALUE,$HOST" | tr ',' ' '); do
        case ",$header," in
        *",$name,"*) ;;
        *) fail "$DATA: expected a column '$name', found $header" ;;
        esac
    done
}

load_file() {
    [ -r "$DATA" ] || fail "DATA: cannot read '$DATA'"
    [ -n "$KEY" ] && [ -n "$TIME" ] && [ -n "$VALUE" ] ||
        fail "DATA=$DATA needs the names of its columns: KEY=... TIME=... VALUE=..."
    check_column_names
    path=$(cd "$(dirname "$DATA")" && pwd)/$(basename "$DATA")
    load=$(sed -e "s|{key}|$(columns "$KEY")|; s|{time}|$(columns "$TIME")|g" \
        -e "s|{host}|$(columns "$HOST")|; s|{value}|$(columns "$VALUE")|; s|{file}|$path|" \
        "$here/load.sql")
    step "loading $DATA" sql --query "$load"
    rows=$(sql --query "SELECT count() FROM file('$path', 'LineAsString')")
    loaded=$(sql --query 'SELECT count() FROM events')
    [ $((rows - 1 - loaded)) -eq 0 ] ||
        echo "  left out $((rows - 1 - loaded)) of $((rows - 1)) rows: no readable time"
}

show() {
    title=$(sed -n '1s/^-- //p' "$1")
    printf '\n%s\n' "$title"
    sed '1d; s/^/    /' "$1"
    sql --queries-file "$1" --format PrettyCompactMonoBlock --output_format_pretty_color 0 \
        --output_format_pretty_row_numbers 0
}

rm -rf "$store"
mkdir -p "$store"
"$saltwell" --path "$store" --queries-file "$here/schema.sql"
if [ -n "$DATA" ]; then
    load_file
else
    step 'generating 1 000 000 events of a skewed ad log' sql --queries-file "$here/generate.sql"
fi
[ "$(sql --query 'SELECT count() FROM events')" -gt 0 ] || fail "no event was loaded"
began=$(date +%s)
for query in "$here"/queries/*.sql; do
    show "$query"
done
printf '\nIn short\n'
sql --queries-file "$here/summary.sql" --format PrettyCompactMonoBlock \
    --output_format_pretty_color 0 --output_format_pretty_row_numbers 0
cat <<TEXT
All queries took $(($(date +%s) - began)) s, the engine's start for each included.

Where to go next:
  $saltwell --path $store --database demo     runs your own SQL on this log: --query "..."
  make demo DATA=FILE KEY=... TIME=... VALUE=...   the same on a log of yours
  README.md                                        every function, and how to install them on a server
TEXT
