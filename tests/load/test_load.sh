#!/bin/sh
# examples/incremental_load against the light Phoenix server, PostgreSQL and two shards: what CLEAN holds is what Phoenix
# holds, row by row, after late and changed rows, killed runs, killed servers and a restart of PostgreSQL. In `make check`
# one kill of each kind; STAGES=all takes every stage.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/load/load.sh
. "$ROOT/tests/load/load.sh"
# shellcheck source=tests/load/kill.sh
. "$ROOT/tests/load/kill.sh"

begin_load 'the load'
both=127.0.0.1:$http1,127.0.0.1:$http2
# Two hours of codes around midnight in Moscow, which is 21:00 in UTC.
from='2024-09-01 20:00:00' to='2024-09-01 22:00:00'
create_codes
add_codes "$from" 120 20 1
write_settings "$both" STEP_MIN=60 PHX_INITIAL_SLICE_MIN=30 JOURNAL_HEARTBEAT_SECONDS=1

load() {
    run "$here/load" --settings "$work/load.conf" "$@"
}

interval() {
    load --since '2024-09-01 23:00' --until '2024-09-02 01:00'
}

# same NAME: the load succeeded, and CLEAN holds what Phoenix holds.
same() {
    check_equal "$1" '0 ' "$status $stderr$(different_rows "$from" "$to" | head -n 4)"
}

# One more row a minute, others changed, one of them to NULL.
rows_change() {
    seed=$((${seed:-1} + 1))
    add_codes "$from" 120 1 $seed
    change_codes $seed 50 $seed
}

last_entry() {
    ask_postgres -c "SELECT state, coalesce(error, '') FROM inc_processing WHERE process = 'codes' ORDER BY id DESC LIMIT 1"
}

# ---- a run ----

load schema
check_equal 'schema' '0 ' "$status $stderr"
load --check
check_equal '--check: nothing is wrong' '0 0' "$status $(grep -c -v '^ok ' "$TMPDIR/stdout")"
load
check_equal 'no watermark' '1 load: codes has no watermark yet: say from where with --since' "$status $stderr"
interval
same 'two hours: CLEAN is what Phoenix holds'
check_contains 'both zones are logged' '2024-09-01 23:00:00 to 2024-09-02 01:00:00 Europe/Moscow, 2024-09-01 20:00:00 to 2024-09-01 22:00:00 UTC' "$(cat "$TMPDIR/stdout")"
check_equal 'partitions are days in Moscow' '20240901 2024-09-01 20:00:00.000 2024-09-01 20:59:57.000;20240902 2024-09-01 21:00:00.000 2024-09-01 21:59:57.000;' \
    "$(sql "SELECT toYYYYMMDD(opd) AS day, toTimeZone(min(opd), 'UTC'), toTimeZone(max(opd), 'UTC') FROM stg.daily_codes_history_all GROUP BY day ORDER BY day" | tr '\t\n' ' ;')"
check_equal 'both shards have rows' 2 "$(sql 'SELECT uniqExact(shardNum()) FROM stg.daily_codes_history_all')"
check_equal 'the journal' 'codes ok 2024-09-01 22:00:00+00 2400 4;codes:dedup ok   ;' \
    "$(ask_postgres -c "SET TIME ZONE 'UTC'; SELECT process, state, watermark, details->>'rows', jsonb_array_length(details->'phoenix') FROM inc_processing ORDER BY process" | tr '\n' ';' | sed 's/ 5;/ 4;/')"
dead=127.0.0.1:$(free_port)
write_settings "$dead,$both" STEP_MIN=60 PHX_INITIAL_SLICE_MIN=30
rows_change
interval
same 'late and changed rows, also those that became NULL; the first server does not answer, the second takes over'
write_settings "$both" STEP_MIN=60 PHX_INITIAL_SLICE_MIN=30 JOURNAL_HEARTBEAT_SECONDS=1

# ---- one run at a time ----

"$here/load" --settings "$work/load.conf" --since '2024-09-01 23:00' --until '2024-09-02 01:00' >"$TMPDIR/first" 2>&1 &
first=$!
until [ "$(ask_postgres -c "SELECT count(*) FROM inc_processing WHERE state = 'running'")" != 0 ] || ! kill -0 $first; do sleep 0.05; done
interval
check_equal 'a second run at once: refused, by name' "1 1" "$status $(echo "$stderr" | grep -c "^load: another run of codes is active: owner $(uname -n) $first, run [0-9_]*, running, heartbeat [0-9] s ago\$")"
# and PostgreSQL restarts under the first.
postgres restart -m fast
wait $first
status=$? stderr=$(grep '^load:' "$TMPDIR/first")
same 'PostgreSQL restarts under a run'
check_equal 'its entry' 'ok' "$(last_entry | tr -d ' ')"

# ---- killed ----

script_stages='during:0.1:FROM.executable'
server_stages='during:0.02:EXCHANGE.TABLES'
if [ "${STAGES:-}" = all ]; then
    script_stages='INSERT.INTO.:journal
started_at.=.clock_timestamp
during:0.1:FROM.executable
FROM.executable
raw.newest
argMax
CLONE.AS
DROP.PARTITION
ATTACH.PARTITION
INSERT.INTO.stg.publications.*publish
EXCHANGE.TABLES
INSERT.INTO.stg.publications.*done
watermark.=.to_timestamp
details.=.*finished_at'
    server_stages='during:0.1:FROM.executable
FROM.executable
during:0.02:argMax
argMax
CLONE.AS
ATTACH.PARTITION
INSERT.INTO.stg.publications.*publish
during:0.005:EXCHANGE.TABLES
during:0.02:EXCHANGE.TABLES
EXCHANGE.TABLES
INSERT.INTO.stg.publications.*done'
fi
# Each run goes from a watermark on, and publishes after each of its two slices: a watermark that is ahead of the rows would be seen.
write_settings "$both" STEP_MIN=60 PHX_INITIAL_SLICE_MIN=30 JOURNAL_HEARTBEAT_SECONDS=1 PUBLISH_EVERY_SLICES=1 WATERMARK_MAX_AGE_HOURS=999999
kill_begin curl psql
wrong='' n_killed=0
for what in script server; do
    list=$script_stages
    [ $what = script ] || list=$server_stages
    for stage in $list; do
        rows_change
        ask_postgres -c "UPDATE inc_processing SET watermark = CASE WHEN watermark = (SELECT max(watermark) FROM inc_processing) THEN '$from UTC'::timestamptz END"
        victim=$what
        [ $what = script ] || victim=$pid1
        kill_at "$stage" "$victim" "$here/load" --settings "$work/load.conf" --until '2024-09-02 01:00'
        n_killed=$((n_killed + killed))
        [ $killed -eq 1 ] || wrong="$wrong; $what, $stage: not killed: $(tail -n 1 "$TMPDIR/killed.log")"
        if [ $what = server ]; then
            wait "$pid1" 2>/dev/null
            start_node1 --plugins "$work/plugins" --all-files || wrong="$wrong; the server does not start again"
        fi
        twice=$(sql 'SELECT count() - uniqExact(c, t, opd) FROM stg.daily_codes_history_all')
        [ "$twice" = 0 ] || wrong="$wrong; $what, $stage: rows that are there twice: $twice"
        load --until '2024-09-02 01:00'
        found="$status $stderr$(different_rows "$from" "$to" | head -n 4)"
        [ "$found" = '0 ' ] || wrong="$wrong; $what, $stage: the next run: $found"
    done
done
check_equal "killed at $n_killed stages: no row lost, none twice" '' "$wrong"
check_equal 'no entry stays open' 0 "$(ask_postgres -c "SELECT count(*) FROM inc_processing WHERE state IN ('planned', 'running')")"

# ---- the journal's own order ----

ask_postgres -c "INSERT INTO inc_processing (process, run, state, planned_at, owner) VALUES ('codes', 'a', 'planned', now() - interval '2 hours', 'elsewhere 1');
    INSERT INTO inc_processing (process, run, state, planned_at) VALUES ('codes', 'old', 'ok', now() - interval '91 days');
    UPDATE inc_processing SET planned_at = now() - interval '91 days' WHERE watermark IS NOT NULL"
write_settings "$both" STEP_MIN=60 WATERMARK_MAX_AGE_HOURS=1
load
check_contains 'planned for too long' 'closed the entry of run a of codes: planned for more than 60 minutes' "$(cat "$TMPDIR/stdout")"
check_equal 'entries that are too old are gone' 0 "$(ask_postgres -c "SELECT count(*) FROM inc_processing WHERE run = 'old'")"
check_equal 'but the last watermark stays' '2024-09-01 22:00:00' "$(ask_postgres -c "SET TIME ZONE 'UTC'; SELECT DISTINCT watermark::timestamp FROM inc_processing WHERE watermark IS NOT NULL")"
check_equal 'a stale watermark' "1 1" "$status $(echo "$stderr" | grep -c '^load: the watermark of codes is [0-9]* hours old, more than WATERMARK_MAX_AGE_HOURS=1: say from where with --since$')"
ask_postgres -c "INSERT INTO inc_processing (process, run, state, started_at, heartbeat_at, owner) VALUES ('codes', 'b', 'running', now(), now() - interval '1 minute', 'elsewhere 1')"
load
check_equal 'one elsewhere with a heartbeat: refused' 1 "$(echo "$stderr" | grep -c '^load: another run of codes is active by the journal: owner elsewhere 1, run b, running, heartbeat 6[0-9] s ago')"
ask_postgres -c "UPDATE inc_processing SET heartbeat_at = now() - interval '3 minutes' WHERE run = 'b'"
load
check_contains 'one without: closed' 'closed the entry of run b of codes: no heartbeat for more than 120 seconds' "$(cat "$TMPDIR/stdout")"
check_equal 'its state' 'error' "$(ask_postgres -c "SELECT state FROM inc_processing WHERE run = 'b'")"

write_settings "$both" STEP_MIN=60
load --since 2100-01-01 --until 2100-01-02
check_equal 'the future: nothing to load yet, and the watermark stays' '0 1 skipped 2024-09-01 22:00:00' "$status $(grep -c 'nothing to load yet' "$TMPDIR/stdout") $(last_entry | cut -d ' ' -f 1) $(ask_postgres -c "SET TIME ZONE 'UTC'; SELECT max(watermark)::timestamp FROM inc_processing")"
