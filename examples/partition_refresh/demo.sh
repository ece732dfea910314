#!/bin/sh
# One changed month of a cache, refreshed in three ways, with a reader beside each: `make partition-refresh`.
# MONTHS (36), ROWS (receipts a month, 300000).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=examples/publish/client.sh
. "$here/../publish/client.sh"
# shellcheck source=examples/publish/server.sh
. "$here/../publish/server.sh"
BUILD=${BUILD:-build}
MONTHS=${MONTHS:-36} ROWS=${ROWS:-300000}
scratch=$(mktemp -d) database=default query_tag=demo server_pid=
work=$BUILD/partition_refresh

end() {
    rm -f "$scratch/reading"
    if [ -n "$server_pid" ]; then
        kill "$server_pid" && wait "$server_pid"
    fi
    rm -rf "$scratch"
}
trap end EXIT
trap 'exit 130' HUP INT TERM

must() {
    "$@" || { echo "partition-refresh: $(last_error)" >&2 && exit 1; }
}

# What a reader asks; whatever is not an answer is one state more.
read_on() {
    mkdir -p "$scratch/reader"
    scratch=$scratch/reader
    while [ -e "$scratch/../reading" ]; do
        sql 'SELECT count(), sum(receipts) FROM shop.sales' >>"$scratch/seen" || echo "error: $(last_error)" >>"$scratch/seen"
    done
}

# with_reader NAME COMMAND...: 5 receipts come into the last month; the command brings the cache up to date.
with_reader() {
    name=$1
    shift
    must step "$here/generate.sql" receipts "first=$last_month" months=1 rows=5
    must sql 'SELECT count(), sum(receipts) FROM shop.sales' >"$scratch/whole"
    : >"$scratch/reading"
    rm -rf "$scratch/reader"
    read_on 2>/dev/null &
    reader=$!
    sleep 0.2
    query_tag=$name
    "$@" || exit 1
    query_tag=demo
    sleep 0.2
    rm "$scratch/reading"
    wait $reader
    must sql 'SELECT count(), sum(receipts) FROM shop.sales' >>"$scratch/whole"
    must sql 'SYSTEM FLUSH LOGS'
    # `refresh` names its queries itself.
    must sql "SELECT '$name', formatReadableQuantity(sum(read_rows)), formatReadableSize(sum(read_bytes)), formatReadableSize(max(memory_usage)),
            round(sum(ProfileEvents['OSCPUVirtualTimeMicroseconds']) / 1e6, 2)
        FROM system.query_log WHERE type = 'QueryFinish' AND startsWith(query_id, '${name%-named}-')" | tr '\n' '\t' >>"$scratch/table"
    must sql 'TRUNCATE TABLE system.query_log'
    sort "$scratch/reader/seen" | uniq -c | awk -v whole="$scratch/whole" '
        BEGIN { while ((getline line < whole) > 0) good[line] = 1 }
        { n = $1; sub(/^ *[0-9]+ /, ""); all += n; if (!($0 in good)) { bad += n; kinds++ } }
        END { printf "%d of %d in %d states\n", bad, all, kinds }' >>"$scratch/table"
}

create_or_replace() {
    must sql 'CREATE OR REPLACE TABLE shop.sales ENGINE = MergeTree PARTITION BY month ORDER BY (region, item) AS SELECT * FROM shop.sales_view'
}

truncate_insert() {
    must sql 'TRUNCATE TABLE shop.sales'
    must sql 'INSERT INTO shop.sales SELECT * FROM shop.sales_view'
}

rm -rf "$work"
start_server "$work" "$(free_port)" "$(free_port)" || exit 1
url=$server_url
CLICKHOUSE_URL=$url
export CLICKHOUSE_URL
must script "$here/schema.sql"
echo "$MONTHS months of $ROWS receipts ..."
first_month=2022-01-01
last_month=$(must sql "SELECT addMonths(toDate('$first_month'), $MONTHS - 1)")
must step "$here/generate.sql" receipts "first=$first_month" "months=$MONTHS" "rows=$ROWS"
"$here/refresh" --changed
must sql 'SYSTEM FLUSH LOGS'
must sql 'TRUNCATE TABLE system.query_log'

with_reader refresh "$here/refresh" --changed
with_reader refresh-named "$here/refresh" --partitions "$last_month"
with_reader replace create_or_replace
with_reader truncate truncate_insert
differ=$(must sql 'SELECT count() FROM (SELECT * FROM shop.sales EXCEPT SELECT * FROM shop.sales_view)')
[ "$differ" -eq 0 ] || { echo "partition-refresh: $differ rows of the cache are not the view's" >&2 && exit 1; }
printf '\n%-14s %-15s %-12s %-12s %-7s %s\n' way 'rows read' 'bytes read' 'memory' 'cpu s' 'reads that were neither old nor new'
awk -F '\t' '{ printf "%-14s %-15s %-12s %-12s %-7s %s\n", $1, $2, $3, $4, $5, $6 }' "$scratch/table"
