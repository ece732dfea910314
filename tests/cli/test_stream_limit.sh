#!/bin/sh
# A stream that nobody reads to its end: LIMIT in every place, KILL, max_execution_time, a client that
# goes away, an input query that fails. Each ends soon, with the right answer where there is one, under the
# server's default settings and under those of docs/streams.md, and leaves no process and no query.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"

test_server 'limits'

# The gap is this run's own, so that its processes can be told from any other's.
gap=$((1000000000 + $$))
ours="SETTINGS stderr_reaction = 'throw', command_read_timeout = 600000, command_write_timeout = 60000"
rows='k UInt64, ts UInt32, period_id UInt64, period_number UInt32, is_first_in_period UInt8'

# processes: how many of this run's are there.
processes() {
    grep -al "[b]in/period_stream.*--gap.$gap" /proc/[0-9]*/cmdline 2>/dev/null | wc -l
}

# none_left NAME: no process and no query is left ten seconds from now.
none_left() {
    waits=0
    while [ "$(left)" != '0 0' ] && [ $waits -lt 100 ]; do
        sleep 0.1
        waits=$((waits + 1))
    done
    check_equal "$1: processes and queries left" '0 0' "$(left)"
}

left() {
    echo "$(processes) $(ask 5 "SELECT count() FROM system.processes WHERE query LIKE '%, Native, %' AND query NOT LIKE '%system.processes%'")"
}

# input ROWS [CONDITION]: ten events a key, ordered.
input() {
    echo "SELECT intDiv(number, 10) AS k, toUInt32(number) AS ts FROM numbers($1)${2:+ WHERE $2}"
}

# stream INPUT [OPTIONS]: the call, with the settings of $settings.
stream() {
    echo "executable('period_stream --keys 1 --time ts --gap $gap $2', Native, '$rows$more', ($1)${settings:+, $settings})"
}

# limited NAME EXPECTED SQL: that answer, soon.
limited() {
    check_equal "$1${settings:+, our settings}" "$2" "$(ask 6 "$3" | tr '\n' ' ')"
}

for settings in '' "$ours"; do
    more=
    few=$(stream "$(input 200000)" '')
    many=$(stream "$(input 4000000)" '')
    limited 'LIMIT 2 of 200 000' '0 1 ' "SELECT ts FROM $few LIMIT 2"
    limited 'LIMIT 0' '' "SELECT ts FROM $few LIMIT 0"
    limited 'LIMIT 100000' '100000	4999950000 ' "SELECT count(), sum(ts) FROM (SELECT ts FROM $few LIMIT 100000)"
    limited 'LIMIT 2 of 4 million' '0 1 ' "SELECT ts FROM $many LIMIT 2"
    limited 'LIMIT and OFFSET' '100000 100001 ' "SELECT ts FROM $many LIMIT 2 OFFSET 100000"
    limited 'LIMIT of UNION ALL' '5 ' "SELECT count() FROM (SELECT * FROM (SELECT * FROM $many UNION ALL SELECT * FROM $many) LIMIT 5)"
    limited 'LIMIT of a JOIN' '3 ' "SELECT count() FROM (SELECT 1 FROM $many AS s JOIN (SELECT number::UInt64 AS k FROM numbers(10)) AS n USING (k) LIMIT 3)"
    limited 'LIMIT WITH TIES' '10 ' "SELECT count() FROM (SELECT k FROM $many ORDER BY k LIMIT 3 WITH TIES)"
    limited 'LIMIT BY' '0 0 1 1 ' "SELECT k FROM $many LIMIT 2 BY k LIMIT 4"
    limited 'EXISTS' '1 ' "SELECT EXISTS(SELECT 1 FROM $many)"
    limited 'IN' '1 ' "SELECT 3 IN (SELECT k FROM $many LIMIT 100)"
    limited 'LIMIT, --heartbeat' '0 1 ' "SELECT ts FROM $(stream "$(input 200000)" --heartbeat) LIMIT 2"
    limited 'LIMIT, merge_partials' '0	10 1	10 ' "SELECT * FROM executable('merge_partials --keys 1', Native, 'k UInt64, n UInt64',
        (SELECT intDiv(number, 10) AS k, 1::UInt64 AS n FROM numbers(4000000))${settings:+, $settings}) LIMIT 2"
    more=', period_length UInt64, unique_period_length UInt64, period_first UInt32, period_last UInt32'
    limited 'LIMIT, --lengths' '10 10 ' "SELECT period_length FROM $(stream "$(input 1000000)" --lengths) LIMIT 2"
    limited 'LIMIT, --emit periods' '9 19 ' "SELECT period_last FROM executable('period_stream --keys 1 --time ts --gap $gap --emit periods', Native,
        'k UInt64, period_last UInt32', ($(input 4000000))${settings:+, $settings}) LIMIT 2"
done
none_left 'after LIMIT'

# With a small reserve and the patience of a second: the reserve fills, and the rest is dropped.
settings=$ours more=
limited 'LIMIT beyond the reserve' '0 1 ' "SELECT ts FROM $(stream "$(input 4000000)" '--patience 1 --max-memory 64M') LIMIT 2"
limited 'LIMIT with check_exit_code' '0 1 ' "SELECT ts FROM $(settings="$ours, check_exit_code = 1" && stream "$(input 200000)" '--patience 1') LIMIT 2"
# A reader that comes back after that finds the answer cut off.
check_contains 'a reader slower than the patience' 'Cannot read all data' \
    "$(ask 20 "SELECT count() FROM (SELECT * FROM $(stream "$(input 400000)" '--patience 1 --max-memory 16M') WHERE sleepEachRow(0.00004) = 0)")"
# One within the patience gets every row, though far more than a pipe was put aside.
limited 'a slow reader' '200000 ' "SELECT count() FROM $(stream "$(input 200000)" '') WHERE sleepEachRow(0.000008) = 0"
none_left 'after slow readers'

# The engine does not cancel an input query. One that asks whether it goes on ends at once.
checked='sleep(0.000001) = 0'
# victims: how many of the queries to be killed have read rows by now.
victims() {
    ask 5 "SELECT count() FROM system.processes WHERE query_id LIKE 'victim_$$%' AND read_rows > 0"
}

# killed NAME SECONDS CALL...: queries over the calls, killed once all of them read, are gone that soon.
killed() {
    name=$1 seconds=$2 n=0
    shift 2
    for call; do
        n=$((n + 1))
        ask 30 "SELECT sum(ts) FROM $call" "query_id=victim_$$_$n" >"$TMPDIR/killed_$n" &
        clients="${clients:-} $!"
    done
    waits=0
    while [ "$(victims)" != "$n" ] && [ $waits -lt 100 ]; do
        sleep 0.1
        waits=$((waits + 1))
    done
    check_equal "$name: KILL QUERY SYNC" "$n" \
        "$(ask "$seconds" "KILL QUERY WHERE query_id LIKE 'victim_$$%' SYNC FORMAT TSV" | grep -c "^finished")"
    # shellcheck disable=SC2086 # ids
    wait $clients
    clients=
    check_equal "$name: the answers" "$n" "$(grep -l 'Exception' "$TMPDIR"/killed_* | wc -l)"
    cut -c 1-200 "$TMPDIR"/killed_*
    rm "$TMPDIR"/killed_*
    none_left "$name"
}
endless=$(stream "$(input 1000000000 "$checked")" '')
killed 'a stream' 2 "$endless"
killed 'six at once' 2 "$endless" "$endless" "$endless" "$endless" "$endless" "$endless"
killed 'merge_partials' 2 "(SELECT n AS ts FROM executable('merge_partials --keys 1', Native, 'k UInt64, n UInt64',
    (SELECT intDiv(number, 10) AS k, 1::UInt64 AS n FROM numbers(1000000000) WHERE $checked), $settings))"
killed 'a quiet stream' 2 "$(stream "SELECT 1::UInt64 AS k, toUInt32(number) AS ts FROM numbers(1000000) WHERE sleepEachRow(0.001) = 0 SETTINGS max_block_size = 100" '--heartbeat')"
# One that does not ask is waited for no longer than the patience and what is dropped then.
killed 'a stream whose input goes on' 20 "$(stream "$(input 100000000)" '--patience 1 --max-memory 64M')"
more=', period_length UInt64, unique_period_length UInt64, period_first UInt32, period_last UInt32'
killed 'one period without end, --lengths' 2 "$(stream "SELECT 1::UInt64 AS k, toUInt32(number) AS ts FROM numbers(1000000) WHERE sleepEachRow(0.001) = 0 SETTINGS max_block_size = 100" '--lengths --heartbeat')"
more=

# What the server finds out for itself.
check_contains 'max_execution_time' 'TIMEOUT_EXCEEDED' "$(ask 4 "SELECT sum(ts) FROM $endless SETTINGS max_execution_time = 1")"
none_left 'max_execution_time'
# Without a reader the server goes on until the input is read, or until somebody kills the query.
ask 1 "SELECT ts FROM $(stream "$(input 20000000)" '') FORMAT TSV" >"$TMPDIR/gone"
none_left 'a client that went away'
ask 1 "SELECT ts FROM $endless FORMAT TSV" "query_id=gone_$$" >"$TMPDIR/gone"
check_contains 'a client that went away: KILL QUERY SYNC' finished "$(ask 2 "KILL QUERY WHERE query_id = 'gone_$$' SYNC")"
none_left 'a client that went away, KILL QUERY SYNC'
check_contains 'an input query that fails while the server waits' "throwIf" \
    "$(ask 6 "SELECT count() FROM $(stream "SELECT intDiv(number, 10) AS k, toUInt32(number) AS ts FROM numbers(30)
        WHERE NOT sleepEachRow(0.2) AND NOT throwIf(number = 8) SETTINGS max_block_size = 1" '--heartbeat')")"
none_left 'an input query that fails'

kill -TERM "$server_pid"
wait "$server_pid"
check_equal 'the server ends' 0 $?
server_pid=
