#!/bin/sh
# examples/incremental_load, slice by slice: windows that are shifted and that overlap, the lag, when it publishes, a server that dies
# while it reads, and an entry that is closed under its run.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/load/load.sh
. "$ROOT/tests/load/load.sh"

begin_load 'the slices of the load'
# A third server, which is no shard: it is asked first.
start_gateway --plugins "$work/plugins" --all-files || not_ok 'a third server' "$(tail -n 1 "$nodes/gateway.log")"
all=127.0.0.1:$http3,127.0.0.1:$http1,127.0.0.1:$http2
from='2024-09-01 20:00:00' to='2024-09-01 22:00:00'
create_codes
add_codes "$from" 120 20 1
write_settings "$all"
"$here/load" --settings "$work/load.conf" schema || not_ok schema 'failed'

# interval SINCE UNTIL [NAME=VALUE...]: two days and times in Moscow.
interval() {
    since=$1 until=$2
    shift 2
    write_settings "$all" STEP_MIN=30 PHX_QUERY_OVERLAP_MINUTES=0 JOURNAL_HEARTBEAT_SECONDS=1 "$@"
    run "$here/load" --settings "$work/load.conf" --since "$since" --until "$until"
}

# What the last run asked for, in Moscow, and the rows that came: twenty a minute.
windows() {
    ask_postgres -c "SET TIME ZONE 'Europe/Moscow'; SELECT string_agg(concat_ws(' ', to_char(to_timestamp((slice->>'from')::bigint / 1000), 'HH24:MI'),
        to_char(to_timestamp((slice->>'to')::bigint / 1000), 'HH24:MI'), slice->>'rows'), ', ')
        FROM (SELECT details FROM inc_processing WHERE process = 'codes' ORDER BY id DESC LIMIT 1) AS run, jsonb_array_elements(details->'slices') AS slice"
}

n_publications() {
    ask_postgres -c "SELECT jsonb_array_length(details->'publications') FROM inc_processing WHERE process = 'codes' ORDER BY id DESC LIMIT 1"
}

# ---- windows ----

interval '2024-09-01 22:15' '2024-09-01 23:15' PHX_QUERY_SHIFT_MINUTES=60 PHX_QUERY_OVERLAP_MINUTES=5
check_equal 'shifted: an hour later, and the first slice overlaps' '23:10 23:30 400, 23:30 00:00 600, 00:00 00:15 300' "$(windows)$stderr"
check_equal 'published at the end' '0 1' "$status $(n_publications)"
interval '2024-09-02 00:45' '2024-09-02 01:45' PHX_QUERY_SHIFT_MINUTES=-45 PHX_QUERY_OVERLAP_MINUTES=5 PHX_OVERLAP_ONLY_FIRST_SLICE=0
check_equal 'shifted: earlier, and each slice overlaps' '23:55 00:15 400, 00:10 00:45 700, 00:40 01:00 400' "$(windows)$stderr"

# ---- when it publishes ----

# A clock that runs sixty times as fast, so that a minute is a second.
mkdir "$TMPDIR/clock"
cat >"$TMPDIR/clock/date" <<CLOCK
#!/bin/sh
[ "\$*" = +%s ] || exec $(command -v date) "\$@"
echo \$(($(date +%s) + (\$($(command -v date) +%s) - $(date +%s)) * 60))
CLOCK
chmod +x "$TMPDIR/clock/date"
real_path=$PATH
PATH=$TMPDIR/clock:$PATH
tell_phoenix 'hang 1 1500'
interval '2024-09-01 23:00' '2024-09-02 00:30' PUBLISH_EVERY_MINUTES=1
check_equal 'every minute: before the end, too' '0 yes' "$status $([ "$(n_publications)" -gt 1 ] && echo yes)$stderr"
PATH=$real_path

# ---- a server that dies while it reads ----

# It dies when a part of its slice is in RAW.
from='2024-09-03 10:00:00' to='2024-09-03 11:00:00'
add_codes "$from" 60 20 2
tell_phoenix 'hang 6 700'
interval "${from}Z" "${to}Z" CH_INSERT_BATCH=10 &
loading=$!
tries=0
until [ "$(sql "SELECT count() > 0 FROM stg.daily_codes_history_raw_all WHERE opd >= '2024-09-03 00:00:00'")" = 1 ] || [ $tries -gt 600 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
kill -9 "$gateway_pid" && wait "$gateway_pid" 2>/dev/null
wait $loading
check_contains 'a server dies while it reads: the next takes over' "127.0.0.1:$http3 does not answer; 127.0.0.1:$http1 takes over" "$(cat "$TMPDIR/stdout" "$TMPDIR/stderr")"
check_equal 'its slice was tried again' '1 0' "$(ask_postgres -c "SELECT string_agg(slice->>'retries', ' ') FROM (SELECT details FROM inc_processing WHERE process = 'codes' ORDER BY id DESC LIMIT 1) AS run, jsonb_array_elements(details->'slices') AS slice")"
check_equal 'a part of it was there already' 1 "$(sql "SELECT count() > 1200 FROM stg.daily_codes_history_raw_all WHERE opd >= '2024-09-03 00:00:00'")"
check_equal 'no row is lost, none is there twice' '' "$(different_rows "$from" "$to" | head -n 4)"

# ---- what ends a run ----

tell_phoenix 'hang 1 2000'
interval "${from}Z" "${to}Z" &
loading=$!
until [ "$(ask_postgres -c "UPDATE inc_processing SET state = 'error', error = 'by hand' WHERE state = 'running' RETURNING 1")" = 1 ] || ! kill -0 $loading 2>/dev/null; do
    sleep 0.05
done
wait $loading
check_equal 'an entry that was closed: its run stops' "load: the journal's entry of this run was closed by another: it stops by hand" \
    "$(cat "$TMPDIR/stderr") $(ask_postgres -c "SELECT error FROM inc_processing WHERE process = 'codes' ORDER BY id DESC LIMIT 1")"
ask_postgres -c "INSERT INTO inc_processing (process, run, state, started_at, heartbeat_at, owner) VALUES ('codes', 'long', 'running', now() - interval '25 hours', now(), 'elsewhere 1')"
# What is younger than the lag waits.
since_s=$(($(date +%s) - 1200))
interval "$(date -u -d @$since_s '+%Y-%m-%d %H:%M:%S')Z" 2100-01-01 PHX_QUERY_LAG_MINUTES=7
check_equal 'the lag: no later than seven minutes ago' t "$(ask_postgres -c "SELECT planned_at - interval '7 minutes' - interval_to BETWEEN interval '0' AND interval '1 minute'
    FROM inc_processing WHERE process = 'codes' ORDER BY id DESC LIMIT 1")"
check_equal 'running for too long: closed' '0 1' "$status $(grep -c '^closed the entry of run long of codes: running for more than 24 hours$' "$TMPDIR/stdout")$stderr"
