#!/bin/sh
# One hot key under --max-span: the time grows with the number of its events, not with its square. The
# native form, arrayFold, stands beside it on the sizes that it can finish, and agrees. Times are
# commentary.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

if [ ! -x "$BUILD/saltwell-local" ]; then
    not_ok 'the engine' "expected its launcher at $BUILD/saltwell-local, found none: build it first"
    exit 1
fi

# timed SQL: runs it; sets $answer and $elapsed_ms.
timed() {
    begin=$(date +%s%N)
    run "$BUILD/saltwell-local" --query "$1" </dev/null
    elapsed_ms=$((($(date +%s%N) - begin) / 1000000))
    answer="$(cat "$TMPDIR/stdout")$stderr"
}

# stream ROWS: events, periods and a hash of their ids' places.
stream() {
    timed "SELECT count(), max(number), sum(number * ts) FROM executable('period_stream --keys 1 --time ts --gap 6 --max-span 1000', Native,
        'k UInt8, ts UInt64, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
        (SELECT 1::UInt8 AS k, number * 3 + xxh3(number) % 4 AS ts FROM numbers($1) ORDER BY k, ts),
        SETTINGS check_exit_code = 1, stderr_reaction = 'throw', command_read_timeout = 3600000, command_write_timeout = 3600000)
        ARRAY JOIN [period_number::UInt64] AS number"
}

# native ROWS: the same by arrayFold.
native() {
    timed "WITH arrayFold((a, t) -> if(a.3 = 0 OR t - a.1 > 6 OR t - a.2 > 1000, (t, t, a.3 + 1, arrayPushBack(a.4, a.3 + 1)), (t, a.2, a.3, arrayPushBack(a.4, a.3))),
            arraySort(groupArray(number * 3 + xxh3(number) % 4)), (0::UInt64, 0::UInt64, 0::UInt64, CAST([], 'Array(UInt64)'))).4 AS numbers
        SELECT length(numbers), arrayMax(numbers), arraySum((n, t) -> n * t, numbers, arraySort(groupArray(number * 3 + xxh3(number) % 4))) FROM numbers($1)"
}

for rows in 5000 10000 20000; do
    stream $rows
    expected=$answer stream_ms=$elapsed_ms
    native $rows
    check_equal "$rows events of one key: arrayFold agrees" "$expected" "$answer"
    echo "$rows events of one key: period_stream $stream_ms ms, arrayFold $elapsed_ms ms"
done
for rows in 1000000 10000000; do
    stream $rows
    echo "$rows events of one key: period_stream $elapsed_ms ms"
    check_equal "$rows events of one key: all rows" "$rows" "${answer%%	*}"
done
# Every period but the last is cut by the cap: about 1000 / 3 events each.
periods=$(echo "$answer" | cut -f2)
check_equal '10000000 events: periods of about 334 events' yes "$([ "$periods" -gt 29500 ] && [ "$periods" -lt 30500 ] && echo yes || echo "$periods")"
