#!/bin/sh
# The load without a script: the refreshable views of examples/incremental_load, every 4 seconds in the place of every ten
# minutes. With STAGES=all only, for it waits most of its time.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/load/load.sh
. "$ROOT/tests/load/load.sh"

if [ "${STAGES:-}" != all ]; then
    skip 'the load without a script' 'make check-load runs it'
    exit 0
fi
begin_load 'the load without a script'
from_s=$(($(date +%s) / 60 * 60 - 7200))
from=$(date -u -d "@$from_s" '+%Y-%m-%d %H:%M:%S') to=$(date -u -d "@$((from_s + 7200))" '+%Y-%m-%d %H:%M:%S')
create_codes
add_codes "$from" 120 20 1
write_settings "127.0.0.1:$http1,127.0.0.1:$http2" PHX_QUERY_LAG_MINUTES=0
"$here/load" --settings "$work/load.conf" schema || not_ok schema 'failed'
"$here/load" --settings "$work/load.conf" views | sed 's/EVERY 10 MINUTE/EVERY 4 SECOND/' >"$work/views.sql"

must() {
    sql "$@" || not_ok "$1" "$(last_error)"
}

must "CREATE NAMED COLLECTION journal AS host = '127.0.0.1', port = $postgres_port, user = 'etl', password = '', database = 'postgres'"
script "$work/views.sql" || not_ok 'the views' "$(last_error)"
must "INSERT INTO stg_auto.journal (process, run, state, interval_from, interval_to, watermark, started_at, finished_at, owner, details)
    SELECT 'codes:views', 'begin', 'ok', t, t, t, t, t, '', '{}' FROM (SELECT toDateTime64('$from', 6, 'UTC') AS t)"

n_rows() {
    ask_postgres -c "SELECT count(*) FROM inc_processing WHERE process = 'codes:views' AND run != 'begin'"
}

# wait_for_rows N: of the journal.
wait_for_rows() {
    tries=0
    until [ "$(n_rows)" -ge "$1" ] || [ $tries -gt 300 ]; do
        tries=$((tries + 1))
        sleep 0.2
    done
}

compare() {
    tell_phoenix "dump SELECT C, T, OPD, ID, ST, PARTICIPANT, AMOUNT FROM $table WHERE OPD >= TIMESTAMP '$from' AND OPD < TIMESTAMP '$to'" | sort >"$work/of_phoenix"
    must "SELECT c, t, toTimeZone(opd, 'UTC'), id, st, participant, amount FROM stg_auto.codes" | sort >"$work/of_clean"
    diff "$work/of_phoenix" "$work/of_clean" | head -n 4
}

wait_for_rows 1
different=$(compare)
check_equal 'two hours: what readers read is what Phoenix holds' '2400 ' "$(wc -l <"$work/of_phoenix") $different"
check_equal 'the journal has the rows' 2400 "$(ask_postgres -c "SELECT details->>'rows' FROM inc_processing WHERE process = 'codes:views' AND run != 'begin' ORDER BY id LIMIT 1")"
# Phoenix goes away: the watermark stays.
kill "$phoenix_pid" && wait "$phoenix_pid" 2>/dev/null
phoenix_pid=''
sleep 5
before=$(n_rows)
tries=0
until [ "$(must "SELECT exception != '' FROM system.view_refreshes WHERE view = 'to_raw'")" = 1 ] || [ $tries -gt 300 ]; do
    tries=$((tries + 1))
    sleep 0.2
done
sleep 9
check_contains 'without Phoenix: the view says so' 'phoenix_scan: source trace: ' "$(must "SELECT exception FROM system.view_refreshes WHERE view = 'to_raw'")"
check_equal 'without Phoenix: the watermark stays' 0 "$(($(n_rows) - before))"
