#!/bin/sh
# A pooled process that the system killed costs one failed query: it says so, and no later one is touched.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"

test_server killed
# What follows is `Child process was terminated by signal 9`, or `Broken pipe` where the server noticed that first.
message="User defined function 'periods' failed"

sql() {
    curl -s -m 60 "http://127.0.0.1:$http/" --data-binary "$1"
}

# processes [STATE]: the pooled processes of `periods`, those that are dead with the state Z. The server keeps
# these until it hands one of them a block.
processes() {
    # cat goes on where a process has ended meanwhile.
    cat /proc/[0-9]*/stat 2>/dev/null |
        awk -v parent="$server_pid" -v state="${1:-.}" '$4 == parent && $2 == "(periods)" && $3 ~ state { print $1 }'
}

kill_all() {
    # shellcheck disable=SC2046 # the ids have no spaces
    kill -KILL $(processes)
    tries=0
    until [ "$(processes)" = "$(processes Z)" ] || [ $tries -gt 100 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
}

# at_once N QUERY: runs it N times at the same time and prints the answers.
at_once() {
    askers=
    for n in $(seq "$1"); do
        sql "$2" >"$TMPDIR/answer.$n" &
        askers="$askers $!"
    done
    # shellcheck disable=SC2086 # the ids are words
    wait $askers
    for n in $(seq "$1"); do
        cat "$TMPDIR/answer.$n"
    done
}

# use_up QUERY: asks until the server has come to every dead process. The answers are in the file answers,
# $asked is their number.
use_up() {
    asked=0
    : >"$TMPDIR/answers"
    while [ -n "$(processes Z)" ] && [ $asked -lt 80 ]; do
        asked=$((asked + 4))
        at_once 4 "$1" >>"$TMPDIR/answers"
    done
}

small='SELECT length(periods(number, [number, number + 1, 100], 10, 0)) FROM numbers(1)'
right=2

check_equal 'before' "$right" "$(sql "$small")"
check_equal 'one process' 1 "$(processes | wc -l)"
kill_all
check_contains 'the query after the kill' "$message" "$(sql "$small")"
for n in 1 2 3; do
    check_equal "query $n after that" "$right" "$(sql "$small")"
done

# It does not matter how far the process had come.
sql 'SELECT sum(length(periods(number, [number, number + 1], 10, 0))) FROM numbers(1000000000)' >"$TMPDIR/long" &
asker=$!
sleep 1
kill_all
wait $asker
check_contains 'killed while it works' "$message" "$(cat "$TMPDIR/long")"
use_up "$small"

# A whole pool: one failed query for each process, in whatever order the server comes to them.
slow='SELECT length(periods(number, arrayMap(x -> 1000 * intHash32(x), range(700000)), 10, 0)) FROM numbers(1)'
wanted=$(sql "$slow")
at_once 4 "$slow" >/dev/null
n_killed=$(processes | wc -l)
check_equal 'a pool of several processes' yes "$([ "$n_killed" -ge 2 ] && echo yes || echo "$n_killed")"
kill_all
use_up "$slow"
check_equal 'failed queries, as many as killed processes' "$n_killed" "$(grep -c "$message" "$TMPDIR/answers")"
check_equal 'all others are right' "$((asked - n_killed))" "$(grep -cFx "$wanted" "$TMPDIR/answers")"
check_equal 'afterwards' "$wanted $wanted $wanted $wanted" "$(at_once 4 "$slow" | tr '\n' ' ' | sed 's/ $//')"

kill_all
sql 'SYSTEM RELOAD FUNCTIONS'
check_equal 'after SYSTEM RELOAD FUNCTIONS none fails' "$wanted $wanted $wanted $wanted" \
    "$(at_once 4 "$slow" | tr '\n' ' ' | sed 's/ $//')"
