#!/bin/sh
# Versions change while queries run: not one of them fails. LOAD_SECONDS (2) says for how long, CLIENTS (3) how
# many ask at once; make check-install takes a minute.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"
# shellcheck source=tests/install/production.sh
. "$ROOT/tests/install/production.sh"

production
later_version 9.9.9 "$TMPDIR/later"
install --no-doctor
check_equal 'installed' '0 ' "$status $stderr"

# A function of each program, the tables, SQL functions on them; each with its answer.
cat >"$TMPDIR/queries" <<'END'
SELECT sum(length(periodNumbers(range(number % 50), 5, 0))) FROM numbers(3000)|73500
SELECT welfordState(groupArray(number)).1, welfordMean(welfordState([1., 2., 3.])) FROM numbers(100000)|100000	2
SELECT sum(is_first_in_period) FROM executable('period_stream --keys 1 --time ts --gap 30', Native, 'k UInt8, ts UInt32, period_id UInt64, period_number UInt32, is_first_in_period UInt8', (SELECT 1::UInt8 AS k, (number + 100 * intDiv(number, 1000))::UInt32 AS ts FROM numbers(200000)), SETTINGS stderr_reaction = 'throw', command_read_timeout = 60000, command_write_timeout = 60000)|200
SELECT k, n FROM executable('merge_partials --keys 1', Native, 'k UInt8, n UInt64', (SELECT 7::UInt8 AS k, number AS n FROM numbers(100000)), SETTINGS stderr_reaction = 'throw', command_read_timeout = 60000, command_write_timeout = 60000)|7	4999950000
SELECT exactMoments(exactState([1., 2., 3.])), activityEvents(activityState([5, 5])), length(saltwellVersion()), saltOf('a', 1)|(3,2,2)	[(5,2)]	5	0
END

# client NUMBER: asks until the file $TMPDIR/end is there, and leaves how often, and what was wrong.
client() {
    asked=0
    while [ ! -e "$TMPDIR/end" ]; do
        while IFS='|' read -r query expected; do
            found=$(on_server "$query")
            asked=$((asked + 1))
            [ "$found" = "$expected" ] || echo "$query: expected $expected, found $found" >>"$TMPDIR/wrong.$1"
        done <"$TMPDIR/queries"
    done
    echo "$asked" >"$TMPDIR/asked.$1"
}

clients=
for number in $(seq "${CLIENTS:-3}"); do
    client "$number" &
    clients="$clients $!"
done
until=$(($(date +%s) + ${LOAD_SECONDS:-2}))
changes=0
while [ "$(date +%s)" -lt "$until" ] || [ $changes -lt 2 ]; do
    install --no-doctor --from "$TMPDIR/later/saltwell-9.9.9"
    [ "$status" = 0 ] || not_ok 'upgrade' "$stderr"
    install --no-doctor --rollback
    [ "$status" = 0 ] || not_ok 'rollback' "$stderr"
    changes=$((changes + 2))
done
: >"$TMPDIR/end"
# shellcheck disable=SC2086 # a word for each process
wait $clients

asked=$(awk '{ n += $1 } END { print n }' "$TMPDIR"/asked.*)
echo "$changes changes of the version, $asked queries of ${CLIENTS:-3} clients"
check_equal 'each client asked' "${CLIENTS:-3}" "$(cat "$TMPDIR"/asked.* | grep -vcx 0)"
check_equal 'no query failed or answered wrong' '' "$(cat "$TMPDIR"/wrong.* 2>/dev/null | head -n 3)"
