#!/bin/sh
# --stats: a line on standard error, where it says what was read and written; in the server's log, where that is asked for.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"

number() {
    sed -n "s/.* $1=\([0-9.]*\).*/\1/p" "$TMPDIR/stderr"
}

need_engine 'the engine'
"$BUILD/saltwell-local" --max_block_size=1000 --query "SELECT intDiv(number, 10) AS k, number AS ts, repeat('x', 100) AS s FROM numbers(20000) FORMAT Native" >"$TMPDIR/events"

run "$BUILD/bin/period_stream" --keys 1 --time ts --gap 5 --emit periods --stats <"$TMPDIR/events"
check_equal 'period_stream: rows and blocks' '0 20000 20 2000' "$status $(number rows_read) $(number blocks_read) $(number rows_written)"
check_equal 'period_stream: one line' 1 "$(wc -l <"$TMPDIR/stderr")"
check_equal 'period_stream: seconds' yes "$(awk -v s="$(number seconds)" 'BEGIN { if (s ~ /^[0-9]+\.[0-9][0-9][0-9]$/ && s < 60) print "yes"; else print s }')"
# A block of it takes 122 kB, and is held once or twice.
check_equal 'period_stream: memory' yes "$([ "$(number peak_bytes)" -gt 122000 ] && [ "$(number peak_bytes)" -lt 2000000 ] && echo yes || number peak_bytes)"

run "$BUILD/bin/period_stream" --keys 1 --time ts --gap 5 --lengths --keys-unordered --stats <"$TMPDIR/events"
check_equal 'period_stream --lengths: rows written' '20000' "$(number rows_written)"
run "$BUILD/bin/period_stream" --keys 1 --time ts --gap 5 <"$TMPDIR/events"
check_equal 'without it nothing is said' '0 ' "$status $stderr"
run "$BUILD/bin/merge_partials" --keys 1 --op ts=max --op s=any --stats <"$TMPDIR/events"
check_equal 'merge_partials: rows' '0 20000 2000' "$status $(number rows_read) $(number rows_written)"

head -c 150000 "$TMPDIR/events" >"$TMPDIR/cut"
run "$BUILD/bin/period_stream" --keys 1 --time ts --gap 5 --stats <"$TMPDIR/cut"
check_equal 'after a failure: the reason and then the line' '1 stats:' "$status $(sed -n '2s/.* \(stats:\) .*/\1/p' "$TMPDIR/stderr")"
check_equal 'after a failure: what was read whole' 1000 "$(number rows_read)"

test_server 'in the log of a server' -- --logger.log="$TMPDIR/data/server.log"
call() {
    echo "SELECT count() FROM executable('$1', Native, 'k UInt64, ts UInt64, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
        (SELECT intDiv(number, 10) AS k, number AS ts FROM numbers(3000)), SETTINGS stderr_reaction = '$2')"
}
check_equal "with stderr_reaction = 'log' the query is answered" 3000 "$(ask 60 "$(call 'period_stream --keys 1 --time ts --gap 5 --stats' log)")"
check_contains 'the log has the line' 'period_stream: stats: rows_read=3000 blocks_read=1 rows_written=3000' "$(grep 'Executable generates stderr' "$TMPDIR/data/server.log")"
check_contains "with 'throw' the line is an error" 'stats: rows_read=3000' "$(ask 60 "$(call 'period_stream --keys 1 --time ts --gap 5 --stats' throw)")"
check_contains "with 'log' an error is one" 'expected the name of a column' "$(ask 60 "$(call 'period_stream --keys 1 --time nonsense --gap 5 --stats' log)")"

ask 60 "CREATE TABLE t ENGINE = MergeTree ORDER BY k AS SELECT intDiv(number, 10) AS k, number AS ts FROM numbers(500)"
statement=$(ask 60 "SELECT statement FROM executable('saltwell_sql period_stream --table t --keys k --time ts --gap 5 --stats', Native, 'statement String',
    (SELECT name, type FROM system.columns WHERE table = 't' AND database = currentDatabase())) FORMAT TSVRaw")
check_contains 'saltwell_sql writes the option' "--gap 5 --stats" "$statement"
check_contains 'saltwell_sql writes the setting' "stderr_reaction = 'log'" "$statement"
check_equal 'its statement is answered' 500 "$(ask 60 "SELECT count() FROM ($statement)")"

# What an administrator sees of a query.
ask 60 "SELECT sum(length(periods(number, [1, 9], 5, 0))), sum(saltOf(number, 3)) > 0 FROM numbers(10) SETTINGS log_comment = 'seen'" >/dev/null
ask 60 'SYSTEM FLUSH LOGS' >/dev/null
check_equal 'query_log names the functions' "['periods']	['saltOf']" \
    "$(ask 60 "SELECT used_executable_user_defined_functions, used_sql_user_defined_functions FROM system.query_log WHERE log_comment = 'seen' AND type = 'QueryFinish'")"
check_equal 'query_log names the table function' "['executable']" "$(ask 60 "SELECT DISTINCT arrayFilter(f -> f = 'executable', used_table_functions)
    FROM system.query_log WHERE query LIKE 'SELECT count()%period_stream%log%' AND type = 'QueryFinish' AND query NOT LIKE '%saltwell_sql%'")"
query=$(awk '/^```$/ { exit } inside; /^```sql/ { inside = 1 }' "$ROOT/docs/operations.md")
check_equal 'the query of docs/operations.md' 'periods	1' "$(ask 60 "$query" | cut -f 1,2)"
