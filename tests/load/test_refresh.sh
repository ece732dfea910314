#!/bin/sh
# examples/partition_refresh: partition keys of four types, what is found as changed, what it refuses; readers
# beside it see the old or the new state of all partitions, also where the script or the server is killed at a
# statement. In `make check` at a few of them; STAGES=all takes every one.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"
# shellcheck source=tests/load/kill.sh
. "$ROOT/tests/load/kill.sh"
example=$ROOT/examples/partition_refresh
test_server refresh
url=http://127.0.0.1:$http
scratch=$TMPDIR/scratch database=default query_tag=test
mkdir -p "$scratch"
# shellcheck source=examples/publish/client.sh
. "$ROOT/examples/publish/client.sh"
CLICKHOUSE_URL=$url
export CLICKHOUSE_URL

# must SQL: what the test itself asks has to be answered.
must() {
    sql "$@" || not_ok "$1" "$(last_error)"
}

# refresh CONFIG OPTION...
refresh() {
    conf=$TMPDIR/$1.conf
    shift
    run "$example/refresh" --config "$conf" "$@"
}

receipts() {
    step "$example/generate.sql" receipts "first=$1" "months=$2" "rows=$3" || not_ok 'receipts' "$(last_error)"
}

# differences CACHE VIEW CONDITION: rows that one has and not the other.
differences() {
    must "SELECT count() FROM ((SELECT * FROM $1 WHERE $3 EXCEPT SELECT * FROM $2 WHERE $3)
        UNION ALL (SELECT * FROM $2 WHERE $3 EXCEPT SELECT * FROM $1 WHERE $3))"
}

script "$example/schema.sql" || not_ok schema "$(last_error)"
receipts 2024-08-01 3 300
cp "$example/refresh.conf" "$TMPDIR/date.conf"

# ---- partition keys of other types: the same view, its month in another form ----

# another_cache NAME TYPE EXPRESSION KEY SOURCE_PARTITION
another_cache() {
    must "CREATE VIEW shop.view_$1 AS SELECT * REPLACE ($3 AS month) FROM shop.sales_view"
    must "CREATE TABLE shop.cache_$1 (month $2, region LowCardinality(String), item UInt32, receipts UInt64, revenue Decimal(38, 2),
        days UInt64, source_version DateTime64(6, 'UTC')) ENGINE = MergeTree PARTITION BY $4 ORDER BY (region, item)"
    sed -e "s/^VIEW=.*/VIEW=shop.view_$1/" -e "s/^CACHE=.*/CACHE=shop.cache_$1/" -e "s/^BUFFER=.*/BUFFER=shop.buffer_$1/" \
        -e "s/^SOURCE_PARTITION=.*/SOURCE_PARTITION=$5/" "$example/refresh.conf" >"$TMPDIR/$1.conf"
}

another_cache text String "formatDateTime(month, '%Y-%m')" month "formatDateTime(sold_at, '%Y-%m')"
another_cache number Date month 'toYYYYMM(month)' 'toYYYYMM(sold_at)'
another_cache tuple String "formatDateTime(month, '%Y-%m')" '(month, region)' "(formatDateTime(sold_at, '%Y-%m'), region)"

refresh text --partitions 2024-09,2024-10
check_equal 'String: two months' '0 0 2024-09;2024-10;' "$status $(differences shop.cache_text shop.view_text "month >= '2024-09'") $(must 'SELECT DISTINCT month FROM shop.cache_text ORDER BY month' | tr '\n' ';')$stderr"
refresh number --since 2024-09
check_equal 'a number: from a month on' '0 0 202409;202410;' "$status $(differences shop.cache_number shop.view_number "month >= '2024-09-01'") $(must 'SELECT DISTINCT toYYYYMM(month) AS m FROM shop.cache_number ORDER BY m' | tr '\n' ';')$stderr"
refresh tuple --partitions "('2024-09','north'),('2024-10','east')"
check_equal 'a tuple: two partitions' "0 0 2" "$status $(differences shop.cache_tuple shop.view_tuple "(month, region) IN (('2024-09','north'),('2024-10','east'))") $(must 'SELECT uniq((month, region)) FROM shop.cache_tuple')$stderr"
check_equal 'a tuple: the manifest has its text' "('2024-09','north')" "$(must "SELECT min(partition) FROM shop.manifest WHERE output = 'shop.cache_tuple' FORMAT TSVRaw")"
refresh date --partitions 2024-09,2024-10-01
check_equal 'Date: a month as a month and as a day' '0 0 2' "$status $(differences shop.sales shop.sales_view "month >= '2024-09-01'") $(must 'SELECT uniq(month) FROM shop.sales')$stderr"

# ---- which partitions ----

refresh date --changed
check_equal '--changed: the month that the cache has not' "0 2024-08-01" "$status $(sed -n 's/.* computing //p' "$TMPDIR/stdout")$stderr"
receipts 2024-09-01 1 5
refresh date --changed --dry-run
check_contains '--dry-run: says which, and its rows' '2024-09-01: 300 rows' "$(cat "$TMPDIR/stdout")"
check_contains '--dry-run: nothing was written' 'nothing was written' "$(cat "$TMPDIR/stdout")"
must 'CREATE TABLE before ENGINE = Memory AS SELECT * FROM shop.sales'
refresh date --changed
check_equal '--changed: the month with newer rows' "0 2024-09-01" "$status $(sed -n 's/.* computing //p' "$TMPDIR/stdout")$stderr"
check_equal '--changed: the cache is the view' 0 "$(differences shop.sales shop.sales_view 1)"
check_equal '--changed: the other months stay' 0 "$(differences shop.sales before "month != '2024-09-01'")"
refresh date --changed
check_contains '--changed: nothing more' 'no partition to refresh' "$(cat "$TMPDIR/stdout")"
check_equal 'the buffer is empty' 0 "$(must 'SELECT count() FROM shop.sales_buffer')"

# ---- empty partitions ----

must "ALTER TABLE shop.receipts DROP PARTITION 202408"
refresh date --partitions 2024-08,2024-09
check_equal 'an empty partition: refused, by name' '1 1' "$status $(echo "$stderr" | grep -c 'the view has no row of partition 2024-08-01; with --allow-empty it is emptied in shop.sales')"
check_equal 'an empty partition: nothing changed' 0 "$(differences shop.sales before "month != '2024-09-01'")"
refresh date --changed
check_contains '--changed leaves it alone' 'no partition to refresh' "$(cat "$TMPDIR/stdout")"
refresh date --changed --allow-empty
check_equal '--changed --allow-empty empties it' '0 0 1' "$status $(differences shop.sales shop.sales_view 1) $(grep -c 'empty now: 2024-08-01' "$TMPDIR/stdout")"

# ---- refused ----

refresh date --partitions September
check_equal 'not a date: one line' '1 1' "$status $(echo "$stderr" | grep -c "^refresh: --partitions: 'September' is not of the cache's partition key, month, which is Date: ")"
sed 's/^VIEW=/VUEW=/' "$example/refresh.conf" >"$TMPDIR/wrong.conf"
refresh wrong --changed
check_equal 'an unknown setting' "1 refresh: $TMPDIR/wrong.conf:3: unknown setting 'VUEW'; did you mean VIEW?" "$status $stderr"
sed 's/^CACHE=.*/CACHE=shop.nothing/' "$example/refresh.conf" >"$TMPDIR/wrong.conf"
refresh wrong --changed
check_equal 'no such cache' "1 refresh: CACHE: expected a table with partitions, found no table shop.nothing" "$status $stderr"
sed 's/^SOURCE_VERSION=.*//' "$example/refresh.conf" >"$TMPDIR/wrong.conf"
refresh wrong --changed
check_equal '--changed without a version' '1 refresh: the setting SOURCE_VERSION is missing' "$status $stderr"
refresh date --changed --since 2024-09
check_equal 'two ways at once' 2 "$status"

# ---- killed, under readers ----
# Each round puts the same number of receipts into both months; a reader must never see months of two rounds.

state() {
    must 'SELECT groupArray((month, n)) FROM (SELECT month, sum(receipts) AS n FROM shop.sales GROUP BY month ORDER BY month)'
}

read_on() {
    scratch=$TMPDIR/reader
    mkdir -p "$scratch"
    while [ -e "$TMPDIR/reading" ]; do
        sql 'SELECT groupArray((month, n)) FROM (SELECT month, sum(receipts) AS n FROM shop.sales GROUP BY month ORDER BY month)' >>"$TMPDIR/seen" || :
        sleep 0.05
    done
}

server_again() {
    wait "$server_pid" 2>/dev/null
    start_server "$TMPDIR/data" "$http" "$tcp" --no-password || not_ok 'the server starts again' "$(tail -n 1 "$TMPDIR/data.log")"
}

kill_begin curl
stages='ATTACH.PARTITION.ID
INSERT.INTO.shop.publications.*publish'
server_stages='during:0.01:EXCHANGE.TABLES'
if [ "${STAGES:-}" = all ]; then
    stages='CREATE.TABLE.shop.publish_lock
CREATE.DATABASE.shop_run
TRUNCATE.TABLE
INSERT.INTO.shop.sales_buffer
CLONE.AS
DROP.PARTITION.ID
ATTACH.PARTITION.ID
INSERT.INTO.shop.publications.*publish
EXCHANGE.TABLES
INSERT.INTO.shop.manifest
INSERT.INTO.shop.publications.*done
DROP.DATABASE'
    server_stages="during:0.02:INSERT.INTO.shop.sales_buffer
$stages
during:0.005:INSERT.INTO.shop.publications
during:0.005:EXCHANGE.TABLES
during:0.02:EXCHANGE.TABLES"
fi
: >"$TMPDIR/seen" && : >"$TMPDIR/reading"
read_on 2>/dev/null &
reader=$!
wrong='' n_killed=0
state >"$TMPDIR/states"
for what in script server; do
    list=$stages
    [ $what = script ] || list=$server_stages
    for stage in $list; do
        before=$(state)
        receipts 2024-09-01 2 7
        victim=$what
        [ $what = script ] || victim=$server_pid
        kill_at "$stage" "$victim" "$example/refresh" --config "$TMPDIR/date.conf" --partitions 2024-09,2024-10
        n_killed=$((n_killed + killed))
        [ $killed -eq 1 ] || wrong="$wrong; $what, $stage: not killed: $(tail -n 1 "$TMPDIR/killed.log")"
        [ $what = script ] || server_again
        after=$(state)
        refresh date --partitions 2024-09,2024-10
        new=$(state)
        echo "$new" >>"$TMPDIR/states"
        [ "$after" = "$before" ] || [ "$after" = "$new" ] || wrong="$wrong; $what, $stage: found $after between $before and $new"
        [ "$status $(differences shop.sales shop.sales_view 1)" = '0 0' ] || wrong="$wrong; $what, $stage: the next run: $status $stderr"
    done
done
rm "$TMPDIR/reading"
wait $reader
check_equal "killed at $n_killed statements: old or new, and the next run is whole" '' "$wrong"
sort -u "$TMPDIR/states" >"$TMPDIR/states.sorted"
check_equal 'readers saw no other state' '' "$(sort -u "$TMPDIR/seen" | comm -23 - "$TMPDIR/states.sorted")"
check_equal 'readers looked' 1 "$([ "$(sort -u "$TMPDIR/seen" | wc -l)" -gt 2 ] && echo 1)"
check_equal 'nothing is left' '' "$(must "SELECT name FROM system.databases WHERE name LIKE 'shop\\_run%'")"
