#!/bin/sh
# period_stream and the functions in refreshable materialized views, and period_stream as an Executable
# table, on the server of saltwell-local: they work, and a refresh that fails, on bad input or because its
# process was killed in the middle, leaves the old data and its reason in system.view_refreshes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"

test_server views

sql() {
    curl -s -m 120 "http://127.0.0.1:$http/" --data-binary "$1"
}

# refresh: starts a refresh of the view and waits for its end; then the data, the state and the reason
# are in $data and $reason.
refresh() {
    sql 'SYSTEM REFRESH VIEW visits' >/dev/null
    ended
}

ended() {
    sql 'SYSTEM WAIT VIEW visits' >/dev/null
    data=$(sql 'SELECT count(), uniqExact(period_id), sum(ts) FROM visits')
    reason=$(sql "SELECT exception FROM system.view_refreshes WHERE view = 'visits'")
}

# The gap is this run's own, so that its processes can be told from any other's.
gap=$((1000000000 + $$))
safe="SETTINGS check_exit_code = 1, stderr_reaction = 'throw', command_read_timeout = 3600000, command_write_timeout = 3600000"
structure="user UInt64, ts UInt32, period_id UInt64, period_number UInt32, is_first_in_period UInt8"

sql 'CREATE VIEW input AS SELECT number % 10 AS user, toUInt32(number) AS ts FROM numbers(1000) ORDER BY user, ts' >/dev/null
sql "CREATE MATERIALIZED VIEW visits REFRESH EVERY 1 YEAR SETTINGS refresh_retries = 0 ENGINE = MergeTree ORDER BY (user, ts) EMPTY
    AS SELECT * FROM executable('period_stream --keys 1 --time ts --gap $gap', Native, '$structure', (SELECT user, ts FROM input), $safe)" >"$TMPDIR/out"
check_equal 'a refreshable view over period_stream' '' "$(cat "$TMPDIR/out")"
refresh
check_equal 'a refresh: data' '1000	10	499500' "$data"
check_equal 'a refresh: no exception' '' "$reason"

sql 'CREATE OR REPLACE VIEW input AS SELECT number % 10 AS user, toUInt32(1999 - number) AS ts FROM numbers(2000) ORDER BY user, ts DESC' >/dev/null
refresh
check_equal 'a refresh of unsorted input: the old data' '1000	10	499500' "$data"
check_contains 'a refresh of unsorted input: the reason' \
    'period_stream: row 2, key (0): --time ts: expected times in ascending order, found 1989 after 1999' "$reason"

# Functions in a refreshable view, and in one that is refreshed after it.
sql 'CREATE OR REPLACE VIEW input AS SELECT number % 10 AS user, toUInt32(number) AS ts, 5 AS gap FROM numbers(1000)' >/dev/null
sql "CREATE MATERIALIZED VIEW lists REFRESH EVERY 1 YEAR SETTINGS refresh_retries = 0 ENGINE = MergeTree ORDER BY user EMPTY
    AS SELECT user, periods(user, groupArray(ts), any(gap), 0) AS list, activityState(groupArray(ts)) AS history FROM input GROUP BY user" >"$TMPDIR/out"
sql "CREATE MATERIALIZED VIEW counts REFRESH EVERY 1 YEAR DEPENDS ON lists SETTINGS refresh_retries = 0 ENGINE = MergeTree ORDER BY user EMPTY
    AS SELECT user, length(activityPeriods(user, history, 10, 0)) AS n FROM lists" >>"$TMPDIR/out"
check_equal 'refreshable views over functions' '' "$(cat "$TMPDIR/out")"
refresh_lists() {
    for view in lists counts; do
        sql "SYSTEM REFRESH VIEW $view" >/dev/null
        sql "SYSTEM WAIT VIEW $view" >/dev/null
    done
    data=$(sql 'SELECT sum(length(list)), (SELECT groupArray(n) FROM counts) FROM lists')
    reason=$(sql "SELECT exception FROM system.view_refreshes WHERE view = 'lists'")
}
refresh_lists
check_equal 'a refresh of functions: data' '1000	[1,1,1,1,1,1,1,1,1,1]' "$data"
check_equal 'a refresh of functions: no exception' '' "$reason"
sql 'CREATE OR REPLACE VIEW input AS SELECT number % 10 AS user, toUInt32(number) AS ts, if(user = 3, -1, 5) AS gap FROM numbers(2000)' >/dev/null
refresh_lists
check_equal 'a refresh of functions on bad input: the old data' '1000	[1,1,1,1,1,1,1,1,1,1]' "$data"
check_contains 'a refresh of functions on bad input: the reason' 'gap: expected 0 or more, found -1' "$reason"

# process: the id of the view's process, once it has read some of its input.
process() {
    for command in /proc/[0-9]*/cmdline; do
        found=${command%/cmdline}
        case $(tr '\0' ' ' 2>/dev/null <"$command") in
        *"period_stream --keys 1 --time ts --gap $gap "*)
            [ "$(awk '$1 == "rchar:" { print $2 }' "$found/io" 2>/dev/null || echo 0)" -gt 1000000 ] && echo "${found#/proc/}"
            ;;
        esac
    done 2>/dev/null
}

sql 'CREATE OR REPLACE VIEW input AS SELECT intDiv(number, 1000) AS user, toUInt32(number) AS ts FROM numbers(2000000000)' >/dev/null
sql 'SYSTEM REFRESH VIEW visits' >/dev/null
waits=0
while [ -z "$(process)" ] && [ $waits -lt 300 ]; do
    sleep 0.1
    waits=$((waits + 1))
done
victim=$(process)
check_equal 'the process of a long refresh is there' 1 "$(echo "$victim" | grep -c '^[0-9][0-9]*$')"
[ -n "$victim" ] && kill -KILL "$victim"
ended
check_equal 'a killed process: the old data' '1000	10	499500' "$data"
check_equal 'a killed process: a reason' yes "$([ -n "$reason" ] && echo yes)"
echo "the reason: $reason"

sql 'CREATE OR REPLACE VIEW input AS SELECT number % 5 AS user, toUInt32(number) AS ts FROM numbers(500) ORDER BY user, ts' >/dev/null
refresh
check_equal 'a refresh after failed ones: data' '500	5	124750' "$data"
check_equal 'a refresh after failed ones: no exception' '' "$reason"

# The Executable engine.
sql "CREATE TABLE visits_now ($structure) ENGINE = Executable('period_stream --keys 1 --time ts --gap 5', Native, (SELECT user, ts FROM input)) $safe" >"$TMPDIR/out"
check_equal 'an Executable table' '' "$(cat "$TMPDIR/out")"
check_equal 'an Executable table: data' '500	5	124750	100' "$(sql 'SELECT count(), uniqExact(user), sum(ts), sum(is_first_in_period AND period_number = 1) * 20 FROM visits_now')"
sql 'CREATE OR REPLACE VIEW input AS SELECT number % 5 AS user, toUInt32(number) AS ts FROM numbers(500)' >/dev/null
check_contains 'an Executable table of unsorted input' \
    'period_stream: row 6, key (4): expected keys in ascending order (or --keys-unordered), found key (0) after key (4)' \
    "$(sql 'SELECT count() FROM visits_now')"
sql "CREATE TABLE partials_now (user UInt64, ts UInt32) ENGINE = Executable('merge_partials --keys 1 --keys-unordered --op ts=max', Native, (SELECT user, ts FROM input ORDER BY user DESC)) $safe" >/dev/null
check_equal 'an Executable table of merge_partials' '5	2485' "$(sql 'SELECT count(), sum(ts) FROM partials_now')"

kill -TERM "$server_pid"
wait "$server_pid"
check_equal 'the server ends' 0 $?
server_pid=
