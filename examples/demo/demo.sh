#!/bin/sh
# The main job on real input: loads a log, finds each user's periods and each host's mean and
# deviation, and shows the SQL that did it. `make demo` builds what it needs and calls it.
#
#   DATA=FILE   a CSV with a header, compressed or not; without it a log is generated
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
job=

fail() {
    echo "demo: $*" >&2
    exit 1
}

interrupted() {
    [ -z "$job" ] || kill "$job" 2>/dev/null || true
    exit 130
}
trap interrupted HUP INT TERM

sql() {
    "$saltwell" --path "$store" --database demo "$@"
}

pretty() {
    sql --format PrettyCompactMonoBlock --output_format_pretty_color 0 \
        --output_format_pretty_row_numbers 0 --output_format_pretty_single_large_number_tip_threshold 0 "$@"
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
    job=
    printf '  done in %s s\n' $(($(date +%s) - began))
}

# quote TEXT: as it may stand in an SQL string. ClickHouse takes some signs in a file's name as a
# pattern, and there is no way to write them otherwise.
quote() {
    case $1 in
    *[*?{}]*) fail "DATA: a name with * ? { or } cannot be read, found '$1'" ;;
    esac
    printf '%s' "$1" | sed "s/[\\\\']/\\\\&/g"
}

# columns a,b: `a`, `b`
# shellcheck disable=SC2016 # the backquotes are SQL
columns() {
    printf '%s' "$1" | sed 's/[`\\]/\\&/g; s/[^,][^,]*/`&`/g; s/,/, /g'
}

# replacement TEXT: as it may stand behind s|...|
replacement() {
    printf '%s' "$1" | sed 's/[\\|&]/\\&/g'
}

check_column_names() {
    header=$(sql --format TSVRaw --query "DESCRIBE TABLE file('$file', 'CSVWithNames')") ||
        fail "DATA: cannot read a header from '$DATA'"
    header=$(echo "$header" | cut -f 1)
    names=$KEY,$TIME,$VALUE,$HOST
    while [ -n "$names" ]; do
        name=${names%%,*}
        names=${names#"$name"}
        names=${names#,}
        printf '%s\n' "$header" | grep -qFx -e "$name" ||
            fail "$DATA: expected a column '$name', found $(echo "$header" | paste -sd, -)"
    done
}

load_file() {
    if [ ! -f "$DATA" ] || [ ! -r "$DATA" ]; then
        fail "DATA: cannot read '$DATA'"
    fi
    if [ -z "$KEY" ] || [ -z "$TIME" ] || [ -z "$VALUE" ]; then
        fail "DATA=$DATA needs the names of its columns: KEY=... TIME=... VALUE=..."
    fi
    file=$(quote "$(cd "$(dirname "$DATA")" && pwd)/$(basename "$DATA")")
    check_column_names
    load=$(sed -e "s|{key}|$(replacement "$(columns "$KEY")")|" \
        -e "s|{time}|$(replacement "$(columns "$TIME")")|g" \
        -e "s|{host}|$(replacement "$(columns "$HOST")")|" \
        -e "s|{value}|$(replacement "$(columns "$VALUE")")|" \
        -e "s|{file}|$(replacement "$file")|" "$here/load.sql")
    step "loading $DATA" sql --query "$load"
    counts=$(sql --query "
        SELECT count() AS n, n - (SELECT count() FROM events), (SELECT countIf(value IS NULL) FROM events)
        FROM file('$file', 'CSVWithNames')")
    echo "$counts" | awk '
        $2 > 0 { printf "  left out %d of %d rows: no readable time\n", $2, $1 }
        $3 > 0 { printf "  %d of %d rows have no number as their value; it is NULL there\n", $3, $1 - $2 }'
}

show() {
    printf '\n== %s ==\n\n' "$(sed -n '1s/^-- //p' "$1")"
    sed '1d; s/^/    /' "$1"
    echo
    pretty --queries-file "$1"
}

[ -x "$saltwell" ] || fail "expected $saltwell: run make demo, or make all engine first"
rm -rf "$store"
mkdir -p "$store"
"$saltwell" --path "$store" --queries-file "$here/schema.sql"
if [ -n "$DATA" ]; then
    load_file
else
    step 'generating 1 000 000 events of a skewed ad log' sql --queries-file "$here/generate.sql"
fi
[ "$(sql --query 'SELECT count() FROM events')" -gt 0 ] ||
    fail "no event was loaded: the column TIME=$TIME has no readable time"
began=$(date +%s)
for query in "$here"/queries/*.sql; do
    show "$query"
done
printf '\n== In short ==\n\n'
pretty --queries-file "$here/summary.sql"
cat <<TEXT

All queries took $(($(date +%s) - began)) s, the engine's start for each included.

Where to go next:
  make shell                 a prompt on this log: your own SQL, with completion
  make play                  the same in a browser
  make demo DATA=FILE KEY=... TIME=... VALUE=... HOST=...
                             the demo on a log of yours
  README.md                  every function, and how to install them on a server
TEXT
