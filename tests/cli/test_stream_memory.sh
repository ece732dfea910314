#!/bin/sh
# The memory of period_stream, as its peak resident size: with --emit rows the largest block whatever
# the stream's length, with --lengths the blocks of the longest open period, and beyond --max-memory an
# error that names the period's key.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

program=$BUILD/bin/period_stream
engine=$BUILD/saltwell-local
ROW_BYTES=21        # of the input: UInt64, UInt32, a String of four bytes, UInt32
ADDED_BYTES=13      # period_id, period_number, is_first_in_period
LENGTHS_BYTES=24    # --lengths: two UInt64 and two UInt32

if [ ! -x "$engine" ]; then
    not_ok 'the engine' "expected its launcher at $engine, found none: build it first"
    exit 1
fi
if [ ! -r /proc/self/io ]; then
    skip 'peak memory' 'no /proc'
    exit 0
fi

# make_events ROWS PERIOD_ROWS: a file of blocks in which each key is one period of so many rows.
make_events() {
    rm -f "$TMPDIR/events"
    run "$engine" --max_threads=1 --query "SELECT intDiv(number, $2) AS k, toUInt32(number) AS ts, 'page' AS page, toUInt32(number) AS v
        FROM numbers($1) INTO OUTFILE '$TMPDIR/events' FORMAT Native"
    events_bytes=$(wc -c <"$TMPDIR/events")
}

# peak ROUNDS ARGUMENT...: the program reads the file so many times through a pipe. Its peak is taken
# when it has read all and its input is still open. Sets peak_kib, bytes_out and status.
peak() {
    rounds=$1
    shift
    rm -f "$TMPDIR/in" "$TMPDIR/out"
    mkfifo "$TMPDIR/in" "$TMPDIR/out"
    wc -c <"$TMPDIR/out" >"$TMPDIR/count" &
    counter=$!
    "$program" --keys 1 --time ts --keys-unordered "$@" <"$TMPDIR/in" >"$TMPDIR/out" 2>"$TMPDIR/err" &
    pid=$!
    exec 3>"$TMPDIR/in"
    round=0
    while [ "$round" -lt "$rounds" ]; do
        cat "$TMPDIR/events" >&3
        round=$((round + 1))
    done
    waits=0
    while [ "$(awk '$1 == "rchar:" { print $2 }' "/proc/$pid/io")" -lt $((rounds * events_bytes)) ] && [ $waits -lt 300 ]; do
        sleep 0.1
        waits=$((waits + 1))
    done
    peak_kib=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$pid/status")
    exec 3>&-
    status=0
    wait "$pid" || status=$?
    wait "$counter"
    bytes_out=$(cat "$TMPDIR/count")
}

at_most() {
    if [ "$1" -le "$2" ]; then
        echo "at most $2 KiB"
    else
        echo "$1 KiB"
    fi
}

make_events 1000000 10
peak 50 --gap 1
echo "--emit rows: 50 million events, $((50 * events_bytes / 1048576)) MiB: peak $peak_kib KiB"
check_equal '--emit rows of 50 million events: status' '0 ' "$status $(cat "$TMPDIR/err")"
check_equal '--emit rows: every row came out' yes \
    "$([ "$bytes_out" -ge $((50000000 * (ROW_BYTES + ADDED_BYTES))) ] && echo yes || echo "$bytes_out bytes")"
check_equal '--emit rows: peak' 'at most 65536 KiB' "$(at_most "$peak_kib" 65536)"

# What the open period's blocks take, a quarter for the ends of blocks and of memory, and 16 MiB for the
# block that is read, the one that is written and those at both ends of a period.
for period_rows in 10000 100000 1000000; do
    make_events 2000000 $period_rows
    peak 5 --gap 1 --lengths
    waiting_kib=$((period_rows * (ROW_BYTES + ADDED_BYTES + LENGTHS_BYTES) / 1024))
    echo "--lengths: periods of $period_rows rows, $waiting_kib KiB each: peak $peak_kib KiB"
    check_equal "--lengths, periods of $period_rows rows: status" '0 ' "$status $(cat "$TMPDIR/err")"
    check_equal "--lengths, periods of $period_rows rows: every row came out" yes \
        "$([ "$bytes_out" -ge $((10000000 * (ROW_BYTES + ADDED_BYTES + LENGTHS_BYTES))) ] && echo yes || echo "$bytes_out bytes")"
    check_equal "--lengths, periods of $period_rows rows: peak" "at most $((16384 + waiting_kib * 5 / 4)) KiB" \
        "$(at_most "$peak_kib" $((16384 + waiting_kib * 5 / 4)))"
done

# The last of those files: periods of a million rows, about 55 MiB each.
run "$program" --keys 1 --time ts --gap 1 --lengths --max-memory 48M <"$TMPDIR/events"
check_equal '--lengths beyond --max-memory: status' 1 "$status"
check_contains '--lengths beyond --max-memory: the key' ', key (0): ' "$stderr"
check_contains '--lengths beyond --max-memory: the reason' 'out of memory: ' "$stderr"
run "$program" --keys 1 --time ts --gap 1 --lengths --max-memory 1G <"$TMPDIR/events"
check_equal '--lengths within --max-memory: status' '0 ' "$status $stderr"
run "$program" --keys 1 --time ts --gap 1 --max-memory 48M <"$TMPDIR/events"
check_equal '--emit rows within the same memory: status' '0 ' "$status $stderr"
