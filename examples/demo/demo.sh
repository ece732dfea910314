#!/bin/sh
# The main job on real input: loads a log, finds each user's periods and each host's mean and
# deviation, shows the SQL that did it, and draws a page of it. `make demo` builds what it needs and calls it.
#
#   DATA=FILE      a log: Parquet, JSON lines, TSV or CSV, compressed or not; without it one is generated
#   KEY=a,b        the columns that make a user
#   TIME=a,b       the columns that make a time; without KEY or TIME it shows the columns and proposes
#   VALUE=a        the column to average (default: none)
#   HOST=a,b       the columns to average by (default: KEY)
#   GAP=1800       a new period begins after more than so many seconds of silence
#   LOAD_ONLY=1    load the log and end
#   MONTH_FIRST=1  03/04/2026 is March 4 (0: April 3; default: what the file's other rows show)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-build}
saltwell="$BUILD/saltwell-local"
store="$BUILD/demo"
report="$store/report.html"
DATA=${DATA:-} KEY=${KEY:-} TIME=${TIME:-} VALUE=${VALUE:-} HOST=${HOST:-${KEY:-}}
GAP=${GAP:-1800} MONTH_FIRST=${MONTH_FIRST:-} LOAD_ONLY=${LOAD_ONLY:-}
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
    sql --format PrettyCompactMonoBlock --output_format_pretty_color 0 --output_format_pretty_fallback_to_vertical 0 \
        --output_format_pretty_row_numbers 0 --output_format_pretty_single_large_number_tip_threshold 0 "$@"
}

# try WHAT COMMAND...: fails with WHAT and what the engine said, on one line.
try() {
    what=$1
    shift
    "$@" 2>"$store/error" ||
        fail "$what: $(tr '\n' ' ' <"$store/error" | sed 's/Code: [0-9]*\. DB::Exception: //g
            s/The table structure cannot be extracted from a [A-Za-z]* format file. Error: *//
            s/: (in file.*//; s/: While .*//; s/ *(version .*//; s/ *You can specify .*//; s/\(.\{300\}\).*/\1 .../')"
}

# Says every two seconds that a step still runs, and at its end how long it took.
step() {
    step=$1
    shift
    printf '%s ...\n' "$step"
    began=$(date +%s)
    try "$step" "$@" &
    job=$!
    waited=0
    while kill -0 "$job" 2>/dev/null; do
        sleep 0.2
        waited=$((waited + 1))
        [ $((waited % 10)) -ne 0 ] || printf '  %s s\n' $((waited / 5))
    done
    wait "$job" || exit 1
    job=
    printf '  done in %s s\n' $(($(date +%s) - began))
}

# replacement TEXT: as it may stand in an SQL string that sed's s|...| puts in.
replacement() {
    printf '%s' "$1" | sed "s/[\\\\']/\\\\&/g; s/[\\\\|&]/\\\\&/g"
}

# template FILE NAME=TEXT...: the file with TEXT in place of {NAME}.
template() {
    text=$(cat "$1")
    shift
    for pair in "$@"; do
        text=$(printf '%s\n' "$text" | sed "s|{${pair%%=*}}|$(replacement "${pair#*=}")|g")
    done
    printf '%s\n' "$text"
}

# The name may have signs that file() takes as a pattern, and may say something else than what the file
# is: the engine sees a link, and is told the compression and the format.
link_file() {
    [ -e "$DATA" ] || fail "DATA: there is no file '$DATA'"
    [ -f "$DATA" ] || fail "DATA: expected a file, found a folder or a device: '$DATA'"
    [ -r "$DATA" ] || fail "DATA: cannot read '$DATA'"
    ln -s "$(cd "$(dirname "$DATA")" && pwd)/$(basename "$DATA")" "$store/input"
    case $(head -c 6 "$DATA" | od -An -tx1 | tr -d ' \n') in
    1f8b*) compression=gzip ;;
    28b52ffd*) compression=zstd ;;
    fd377a585a00) compression=xz ;;
    425a68*) fail "DATA: cannot read '$DATA': it is packed by bzip2; pack it by gzip or zstd" ;;
    04224d18*) compression=lz4 ;;
    *) compression=none ;;
    esac
}

# Makes the table `log`, which reads the file, and the table of its columns.
open_file() {
    link_file
    folder=$(cd "$store" && pwd)
    recognise=$(template "$here/recognise.sql" "file=$folder/input" "compression=$compression")
    engine=$(try "DATA: cannot read '$DATA'" sql --query "$recognise")
    case $engine in
    ENGINE*) ;;
    *) fail "DATA: cannot read '$DATA': $engine" ;;
    esac
    open="$(sed "s|{described}|$(replacement "$folder/described")|" "$here/log.sql")"
    try "DATA: cannot read '$DATA'" sql --query "${open%%\{engine\}*}$engine${open#*\{engine\}}"
    rm "$store/described"
}

# drop_functions FILE: statements that drop the functions which the file creates.
drop_functions() {
    sed -n 's/^CREATE OR REPLACE FUNCTION \([A-Za-z]*\) .*/DROP FUNCTION \1;/p' "$1"
}

# Shows what the columns hold and names the command to run.
propose() {
    cells=$(sql --query "SELECT arrayStringConcat(groupArray(text), ', ') FROM (SELECT text FROM columns ORDER BY position) FORMAT TSVRaw")
    step "reading the first rows of $DATA" sql --query "
        CREATE TABLE samples (cells Array(String)) ENGINE = MergeTree ORDER BY ();
        INSERT INTO samples SELECT [$cells] FROM log LIMIT 10000"
    [ "$(sql --query 'SELECT count() FROM samples')" -gt 0 ] || nothing_loaded
    sql --queries-file "$here/profile.sql"
    echo
    pretty --query "SELECT name AS column, substringUTF8(example, 1, 40) AS example, distinct_values AS \`distinct\`,
        round(100 * times) AS \`% times\`, round(100 * numbers) AS \`% numbers\` FROM profile ORDER BY position"
    command=$(sql --param_data "$(parameter "$DATA")" --param_key "$(parameter "$KEY")" --param_time "$(parameter "$TIME")" \
        --param_host "$(parameter "$HOST")" --param_value "$(parameter "$VALUE")" --queries-file "$here/propose.sql")
    case $command in
    make*) printf '\nThis may be what you want; change what is not:\n\n  %s\n' "$command" ;;
    *) fail "$DATA: $command" ;;
    esac
}

# As a query's parameter, in which a backslash must be doubled.
parameter() {
    printf '%s' "$1" | sed 's/\\/\\\\/g'
}

load_statement() {
    sql --queries-file "$here/load.sql" \
        --param_key "$(parameter "$KEY")" --param_time "$(parameter "$TIME")" \
        --param_host "$(parameter "$HOST")" --param_value "$(parameter "$VALUE")"
}

load_file() {
    load=$(load_statement)
    case $load in
    INSERT*) ;;
    *) fail "$DATA: $load" ;;
    esac
    step "loading $DATA" sql --param_month_first "${MONTH_FIRST:-0}" --query "$load"
    if [ -z "$MONTH_FIRST" ] && [ "$(sql --query 'SELECT sum(month_first) > sum(day_first) FROM date_order')" = 1 ]; then
        sql --query 'TRUNCATE TABLE events; TRUNCATE TABLE left_out; TRUNCATE TABLE date_order'
        step 'loading again, with the month first' sql --param_month_first 1 --query "$load"
    fi
    told=$(sql --format TSVRaw --param_value "$(parameter "$VALUE")" --param_month_first "$MONTH_FIRST" \
        --query "$(cat "$here/loaded.sql" && drop_functions "$here/time.sql")")
    printf '%s\n' "$told" | sed '$d'
    [ "$(printf '%s\n' "$told" | tail -n 1)" -gt 0 ] || nothing_loaded
}

nothing_loaded() {
    columns=$(sql --format TSVRaw --query "SELECT arrayStringConcat(groupArray(name), ',') FROM system.columns WHERE database = 'demo' AND table = 'log'")
    [ "$(sql --query 'SELECT count() FROM left_out')" -gt 0 ] || fail "DATA: cannot read '$DATA': it has a header and no rows: $columns"
    fail "no event was loaded: the column TIME=$TIME has no readable time, or KEY=$KEY is empty"
}

show() {
    printf '\n== %s ==\n\n' "$(template "$1" "gap=$GAP" | sed -n '1s/^-- //p')"
    template "$1" "gap=$GAP" | sed '1d' >"$store/query.sql"
    sed 's/^/    /' "$store/query.sql"
    echo
    pretty --queries-file "$store/query.sql"
}

# The page: one SQL script writes it, drawing included.
draw_report() {
    title=${DATA:-A generated ad log}
    for part in tables summary timeline gaps lengths days; do
        case $part in
        gaps | lengths) template "$here/report/histogram.sql" "gap=$GAP" "chart=$part" ;;
        *) template "$here/report/$part.sql" "gap=$GAP" "title=${title##*/}" ;;
        esac
    done >"$store/report.sql"
    drop_functions "$here/report/tables.sql" >>"$store/report.sql"
    sql --format TSVRaw --queries-file "$store/report.sql" >"$store/report.body" &&
        cat "$here/report/head.html" "$store/report.body" >"$report" &&
        rm -f "$store/report.sql" "$store/report.body" "$store/query.sql" "$store/error"
}

[ -x "$saltwell" ] || fail "expected $saltwell: run make demo, or make all engine first"
[ -n "$DATA" ] || [ -z "$KEY$TIME$VALUE" ] || fail "KEY, TIME and VALUE name columns of DATA=FILE, and there is no DATA"
case $GAP in
'' | *[!0-9]* | 0?* | ??????????*) fail "GAP: expected seconds, a whole number from 0 to 999999999, found '$GAP'" ;;
esac
case $MONTH_FIRST in
'' | 0 | 1) ;;
*) fail "MONTH_FIRST: expected 0 or 1, found '$MONTH_FIRST'" ;;
esac
rm -rf "$store"
mkdir -p "$store"
"$saltwell" --path "$store" --query "$(cat "$here/schema.sql" ${DATA:+"$here/time.sql" "$here/rows.sql"})"
if [ -n "$DATA" ]; then
    open_file
    if [ -z "$KEY" ] || [ -z "$TIME" ]; then
        propose
        exit 0
    fi
    load_file
    [ -z "$LOAD_ONLY" ] || exit 0
else
    step 'generating 1 000 000 events of a skewed ad log' sql --queries-file "$here/generate.sql"
fi
queries_began=$(date +%s)
for query in "$here"/queries/*.sql; do
    case $query in
    *welford*) [ -n "$VALUE" ] || [ -z "$DATA" ] || continue ;;
    esac
    show "$query"
done
printf '\n== In short ==\n\n'
pretty --query "$(template "$here/summary.sql" "gap=$GAP")"
printf '\nAll queries took %s s, the engine'"'"'s start for each included.\n\n' $(($(date +%s) - queries_began))
step "drawing $report" draw_report
cat <<TEXT

Where to go next:
  $report
                             a page with the periods, gaps and lengths drawn
  make shell                 a prompt on this log: your own SQL, with completion
  make play                  the same in a browser
  make demo DATA=FILE        the demo on a log of yours: it proposes KEY, TIME,
                             VALUE and HOST
  README.md                  every function, and how to install them on a server
TEXT
