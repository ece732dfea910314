#!/bin/sh
# The publisher by itself, on two small tables: killed after each of its statements (in `make check` the last
# twelve, where it decides and publishes), the process and then the server, and asked for what it must refuse.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"
test_server publish
url=http://127.0.0.1:$http
scratch=$TMPDIR/scratch database=default query_tag=test
mkdir -p "$scratch"
# shellcheck source=examples/publish/client.sh
. "$ROOT/examples/publish/client.sh"

# The script under test: it sets day 2 of both tables to the value $1, and is killed, or kills the server $3,
# after its statement number $2 (0: never).
cat >"$TMPDIR/run" <<'END_OF_SCRIPT'
set -eu
amount=$1 last=$2 server=$3
marts=shop program=test database=default scratch=$(mktemp -d)
. "$ROOT/examples/publish/client.sh"
. "$ROOT/examples/publish/publish.sh"
fail() {
    trap '' HUP INT TERM
    echo "run: $*" >&2
    [ "$publish_decided" -eq 1 ] || publish_failed "$*" 2024-01-02
    exit 1
}
trap 'publish_end; rm -rf "$scratch"' EXIT
# The statements are counted in a file, since some are sent from subshells.
: >"$scratch/count"
real_send=$(awk '/^send\(\)/ { found = 1 } found { print } found && /^}/ { exit }' "$ROOT/examples/publish/client.sh" | sed '1s/send/send_now/')
eval "$real_send"
send() {
    send_now "$@" || return 1
    echo >>"$scratch/count"
    [ "$(wc -l <"$scratch/count")" -ne "$last" ] || kill -9 "${server:-$$}"
}
publish_lock
publish_begin
for table in sales visits; do
    must "CREATE TABLE new_$table AS shop.$table"
    must "INSERT INTO new_$table SELECT toDate('2024-01-02'), number, $amount FROM numbers(3)"
    publish_clone $table
    publish_replace $table "date = '2024-01-02'" new_$table
done
publish_commit 2024-01-02
wc -l <"$scratch/count" >"$TMPDIR/n_statements"
END_OF_SCRIPT

# run_once VALUE LAST [SERVER]
run_once() {
    run env ROOT="$ROOT" TMPDIR="$TMPDIR" url="$url" sh "$TMPDIR/run" "$1" "$2" "${3:-}"
}

state() {
    for table in sales visits; do
        sql "SELECT date, count(), min(value), max(value) FROM shop.$table GROUP BY date ORDER BY date" || last_error
    done | tr '\n\t' '; '
}

state_of() {
    day="2024-01-01 3 1 1;2024-01-02 3 $1 $1;2024-02-01 3 1 1;"
    echo "$day$day"
}

left() {
    sql "SELECT name FROM system.databases WHERE name LIKE 'shop\\_run%' UNION ALL SELECT name FROM system.tables WHERE database = 'shop' AND name = 'publish_lock'"
}

sql 'CREATE DATABASE shop'
for table in sales visits; do
    sql "CREATE TABLE shop.$table (date Date, item UInt32, value Int64) ENGINE = MergeTree PARTITION BY toYYYYMM(date) ORDER BY (item, date)"
    sql "INSERT INTO shop.$table SELECT arrayJoin([toDate('2024-01-01'), toDate('2024-01-02'), toDate('2024-02-01')]), number, 1 FROM numbers(3)"
done
marts=shop program=test
# shellcheck disable=SC2317 # publish.sh calls it
fail() {
    echo "$*" >&2
    exit 1
}
# shellcheck source=examples/publish/publish.sh
(. "$ROOT/examples/publish/publish.sh" && publish_schema)

run_once 2 0
check_equal "a publication" "0 $(state_of 2)" "$status $(state)$stderr"
[ "$status" -eq 0 ] || exit 1
check_equal 'the manifest has it' '2024-01-02	success	shop.sales shop.visits' "$(sql 'SELECT date, status, output FROM shop.manifest')"
check_equal 'nothing is left' '' "$(left)"

# Killed after every statement of a run that changes 2 to 3, then 4 to 5, and so on.
n_statements=$(cat "$TMPDIR/n_statements")
value=2 finished=0 seen_old=0 seen_new=0 wrong=''
first=1
[ "${KILL_MOMENTS:-}" != publishing ] || first=$((n_statements - 11))
for last in $(seq $first "$n_statements"); do
    run_once $((value + 1)) "$last"
    [ "$status" -ne 0 ] || wrong="$wrong; $last: not killed"
    # As readers see it: each table as before or as after.
    for table in sales visits; do
        case $(sql "SELECT count(), min(value), max(value) FROM shop.$table WHERE date = '2024-01-02'") in
        "3	$value	$value") seen_old=$((seen_old + 1)) ;;
        "3	$((value + 1))	$((value + 1))") seen_new=$((seen_new + 1)) ;;
        *) wrong="$wrong; $last: half of $table" ;;
        esac
    done
    run_once $((value + 2)) 0
    value=$((value + 2))
    ! grep -q 'finishing the publication' "$TMPDIR/stdout" || finished=$((finished + 1))
    [ "$status $(state)" = "0 $(state_of $value)" ] || wrong="$wrong; $last: next run: $status $(state)"
    [ -z "$(left)" ] || wrong="$wrong; $last: left $(left)"
done
check_equal "killed after statements $first to $n_statements" '' "$wrong"
check_equal 'what was decided, the next run finished' 1 "$([ $finished -gt 3 ] && [ $finished -lt 12 ] && echo 1)"
check_equal 'some kills left the old rows, some the new ones' 1 "$([ $seen_old -gt 0 ] && [ $seen_new -gt 0 ] && echo 1)"

# The server killed while it publishes: after the clones, the plan's line, each exchange, the manifest.
wrong=''
for last in $((n_statements - 8)) $((n_statements - 6)) $((n_statements - 4)) $((n_statements - 2)); do
    run_once $((value + 1)) "$last" "$server_pid"
    kill -9 "$server_pid" 2>/dev/null && wrong="$wrong; $last: not killed"
    wait "$server_pid" 2>/dev/null
    start_server "$TMPDIR/data" "$http" "$tcp" --no-password || not_ok 'the server starts again' "$(tail -n 1 "$TMPDIR/data.log")"
    run_once $((value + 2)) 0
    value=$((value + 2))
    [ "$status $(state)" = "0 $(state_of $value)" ] || wrong="$wrong; $last: $status $(state) $(cat "$TMPDIR/stderr")"
    [ -z "$(left)" ] || wrong="$wrong; $last: left $(left)"
done
check_equal 'the server killed at four moments of a publication' '' "$wrong"

sql "CREATE TABLE shop.publish_lock (held UInt8) ENGINE = Memory COMMENT 'run=x host=elsewhere pid=1 since=2024-01-01T00:00:00Z'"
run_once 1 0
check_equal 'a lock of another machine: refused' 1 "$status"
check_contains 'a lock of another machine: the message' 'another run holds the lock (run=x host=elsewhere' "$stderr"
check_equal 'a lock of another machine: nothing changed' "$(state_of $value)" "$(state)"
