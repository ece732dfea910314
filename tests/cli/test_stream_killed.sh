#!/bin/sh
# A stream's process that is killed never leaves an answer that looks whole: not under the server's default
# settings, which look neither at exit status nor at standard error, not between two blocks, not before
# the last byte; and no part of an answer reaches a table or a view.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"

# The program alone: whatever part of its input it has got, what it has written by then is no sequence of
# whole blocks, until the input ends.
python3 "$ROOT/tests/cli/killed.py" "$BUILD/bin"

test_server 'killed streams'

gap=$((1000000000 + $$))
n_calls=0

# victim: the process of the last call, once it has read a block; nothing if it does not come in time.
victim() {
    waits=0
    while [ $waits -lt 100 ]; do
        found=$(grep -al "[b]in/.*--gap.$((gap + n_calls))\$\|[b]in/.*--gap.$((gap + n_calls))[^0-9]" /proc/[0-9]*/cmdline 2>/dev/null | head -n 1)
        found=${found%/cmdline}
        if [ -n "$found" ] && [ "$(awk '$1 == "rchar:" { print $2 }' "$found/io" 2>/dev/null || echo 0)" -gt "$1" ]; then
            echo "${found#/proc/}"
            return
        fi
        sleep 0.02
        waits=$((waits + 1))
    done
}

# killed NAME READ_BYTES PAUSE SETTINGS OPTIONS: a stream of many small blocks, slow enough to be killed
# between any two, PAUSE seconds after it has read so much: the query fails.
rows='k UInt64, ts UInt32, period_id UInt64, period_number UInt32, is_first_in_period UInt8'
killed() {
    n_calls=$((n_calls + 1))
    ask 20 "SELECT count() FROM executable('period_stream --keys 1 --time ts$5 --gap $((gap + n_calls))', Native, '$rows',
        (SELECT intDiv(number, 10) AS k, toUInt32(number) AS ts FROM numbers(2000) WHERE sleepEachRow(0.001) = 0
        SETTINGS max_block_size = 20)${4:+, SETTINGS $4})" >"$TMPDIR/answer" &
    client=$!
    process=$(victim "$2")
    sleep "$3"
    [ -z "$process" ] || kill -KILL "$process"
    wait $client
    case $process$(cat "$TMPDIR/answer") in
    [0-9]*Exception*) ;;
    *) wrong="$wrong $1 at $2 bytes and $3 s, process '$process': $(head -c 300 "$TMPDIR/answer")" ;;
    esac
}

ours="stderr_reaction = 'throw', command_read_timeout = 600000, command_write_timeout = 60000"
for settings in '' "$ours"; do
    wrong=
    for pause in 0 0.003 0.007 0.012 0.016 0.1; do
        killed rows 100 $pause "$settings" ''
        killed rows 4000 $pause "$settings" ''
        killed heartbeat 2000 $pause "$settings" ' --heartbeat'
        killed lengths 2000 $pause "$settings" ' --lengths'
    done
    check_equal "24 kills${settings:+, our settings}: every query fails" '' "$wrong"
done

# Before the first row of the input nothing can be written, so only check_exit_code notices.
slow_start="SELECT intDiv(number, 10) AS k, toUInt32(number) AS ts FROM numbers(1000) WHERE sleepEachRow(0.001) = 0 ORDER BY ts"
n_calls=$((n_calls + 1))
ask 20 "SELECT count() FROM executable('period_stream --keys 1 --time ts --gap $((gap + n_calls))', Native, '$rows', ($slow_start), SETTINGS $ours, check_exit_code = 1)" >"$TMPDIR/answer" &
client=$!
process=$(victim -1)
sleep 0.2
[ -n "$process" ] && kill -KILL "$process"
wait $client
check_contains 'killed before the first row, check_exit_code: fails' 'Exception' "$process $(cat "$TMPDIR/answer")"

# Tables and views. kill_during NAME SQL: while the statement runs.
kill_during() {
    ask 20 "$2" >"$TMPDIR/answer" &
    client=$!
    process=$(victim 3000)
    [ -n "$process" ] && kill -KILL "$process"
    wait $client
    check_equal "$1: the process was there" yes "$([ -n "$process" ] && echo yes)"
}
slow="SELECT intDiv(number, 10) AS k, toUInt32(number) AS ts FROM numbers(3000) WHERE sleepEachRow(0.001) = 0 SETTINGS max_block_size = 20"
ask 5 "CREATE TABLE periods_kept ($rows) ENGINE = MergeTree ORDER BY (k, ts)"
for settings in "$ours" "$ours, check_exit_code = 1"; do
    n_calls=$((n_calls + 1))
    kill_during "INSERT SELECT, $settings" "INSERT INTO periods_kept SELECT * FROM executable('period_stream --keys 1 --time ts --gap $((gap + n_calls))', Native, '$rows', ($slow), SETTINGS $settings)"
    check_contains "INSERT SELECT, $settings: fails" Exception "$(cat "$TMPDIR/answer")"
    check_equal "INSERT SELECT, $settings: nothing is inserted" 0 "$(ask 5 'SELECT count() FROM periods_kept')"
    n_calls=$((n_calls + 1))
    ask 5 "CREATE OR REPLACE VIEW input AS SELECT intDiv(number, 10) AS k, toUInt32(number) AS ts FROM numbers(100)"
    ask 5 "CREATE MATERIALIZED VIEW visits_$n_calls REFRESH EVERY 1 YEAR SETTINGS refresh_retries = 0 ENGINE = MergeTree ORDER BY (k, ts) EMPTY
        AS SELECT * FROM executable('period_stream --keys 1 --time ts --gap $((gap + n_calls))', Native, '$rows', (SELECT k, ts FROM input), SETTINGS $settings)"
    ask 5 "SYSTEM REFRESH VIEW visits_$n_calls"
    ask 5 "SYSTEM WAIT VIEW visits_$n_calls"
    ask 5 "CREATE OR REPLACE VIEW input AS $slow"
    kill_during "a refresh, $settings" "SYSTEM REFRESH VIEW visits_$n_calls"
    ask 5 "SYSTEM WAIT VIEW visits_$n_calls" >"$TMPDIR/answer"
    check_equal "a refresh, $settings: the old data" '100	4950' "$(ask 5 "SELECT count(), sum(ts) FROM visits_$n_calls")"
    check_equal "a refresh, $settings: has a reason" 1 "$(ask 5 "SELECT count() FROM system.view_refreshes WHERE view = 'visits_$n_calls' AND exception != ''")"
done
