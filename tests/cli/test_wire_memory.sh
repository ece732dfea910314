#!/bin/sh
# The memory of a pooled process: its peak as a function of the block, no growth over many blocks, and
# an error line where the limit is too small.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/cli/native.sh
. "$ROOT/tests/cli/native.sh"

MIB=1048576

# array_block TYPE NAME N: the first argument, one row of N values of 8 bytes each in no order.
array_block() {
    column "$1" "$2"
    le 8 "$3"
    seq 1000000 99999999 | head -c $(($3 * 8))
}

values_block() {
    dimensions 1 1
    array_block values 'Array(Float64)' "$1"
}

times_block() {
    dimensions 1 1
    array_block times 'Array(Int64)' "$1"
}

ticks_block() {
    dimensions 3 1
    array_block times 'Array(Int64)' "$1"
    column gap Int64
    le 8 10
    column max_span Int64
    le 8 0
}

# start EXECUTABLE FUNCTION: a process that reads what is written to descriptor 3.
start() {
    rm -f "$TMPDIR/fifo"
    mkfifo "$TMPDIR/fifo"
    "$BUILD/bin/$1" "$2" <"$TMPDIR/fifo" >"$TMPDIR/out" 2>"$TMPDIR/err" &
    pid=$!
    exec 3>"$TMPDIR/fifo"
}

stop() {
    exec 3>&-
    status=0
    wait "$pid" || status=$?
}

# wait_for BYTES: until so many bytes of answers have come, for at most a minute.
wait_for() {
    rounds=0
    while [ "$(wc -c <"$TMPDIR/out")" -lt "$1" ] && [ $rounds -lt 600 ]; do
        rounds=$((rounds + 1))
        sleep 0.1
    done
    [ "$(wc -c <"$TMPDIR/out")" -ge "$1" ]
}

# kib FIELD: a number of /proc/PID/status, in KiB.
kib() {
    awk -v field="$1:" '$1 == field { print $2 }' "/proc/$pid/status"
}

# answers_small EXECUTABLE FUNCTION BLOCK: starts a process, which answers a block of one value in
# small_bytes; base_kib is its peak then, base_anon_kib what it holds.
answers_small() {
    "$3" 1 >"$TMPDIR/small"
    small_bytes=$("$BUILD/bin/$1" "$2" <"$TMPDIR/small" | wc -c)
    start "$1" "$2"
    cat "$TMPDIR/small" >&3
    wait_for "$small_bytes" || not_ok "$2: answers a small block" "$(cat "$TMPDIR/err")"
    base_kib=$(kib VmHWM)
    base_anon_kib=$(kib RssAnon)
}

# is_given_back FUNCTION: soon after the answer to a small block, the memory is what it was after the first. Pages
# of code that the large one touched are not counted.
is_given_back() {
    waits=0
    while [ "$(kib RssAnon)" -gt $((base_anon_kib + 64)) ] && [ $waits -lt 50 ]; do
        waits=$((waits + 1))
        sleep 0.1
    done
    check_equal "$1: memory after a small block" "at most $base_anon_kib + 64 KiB" \
        "$(at_most "$(kib RssAnon)" $((base_anon_kib + 64)) "$base_anon_kib + 64 KiB")"
}

# gives_back EXECUTABLE FUNCTION BLOCK: as peak_stays, where the answer's size depends on the values.
gives_back() {
    "$3" $MIB >"$TMPDIR/large"
    large_bytes=$("$BUILD/bin/$1" "$2" <"$TMPDIR/large" | wc -c)
    answers_small "$1" "$2" "$3"
    cat "$TMPDIR/large" "$TMPDIR/small" >&3
    wait_for $((2 * small_bytes + large_bytes)) || not_ok "$2: answers a large and a small block" "$(cat "$TMPDIR/err")"
    cat "$TMPDIR/small" >&3 # one that the large one's end did not bring along
    wait_for $((3 * small_bytes + large_bytes)) || not_ok "$2: answers a small block after them" "$(cat "$TMPDIR/err")"
    is_given_back "$2"
    stop
    check_equal "$2: status" 0 "$status"
}

# peak_stays EXECUTABLE FUNCTION BLOCK ELEMENT_BYTES FACTOR: the peak for a block of B bytes is at
# most that for a block of one value, plus FACTOR * B. ELEMENT_BYTES: of the answer to each value.
peak_stays() {
    for n in $MIB $((4 * MIB + 1000)); do
        answers_small "$1" "$2" "$3"
        "$3" "$n" >&3
        if ! wait_for $((2 * small_bytes + (n - 1) * $4)); then
            not_ok "$2: answers $n values" "$(cat "$TMPDIR/err")"
        fi
        peak_kib=$(kib VmHWM)
        block_kib=$((n * 8 / 1024))
        echo "$2: a block of $block_kib KiB takes the peak from $base_kib to $peak_kib KiB"
        check_equal "$2: peak for $n values" "at most $base_kib + $5 * $block_kib KiB" \
            "$(at_most "$peak_kib" $((base_kib + $5 * block_kib)) "$base_kib + $5 * $block_kib KiB")"
        cat "$TMPDIR/small" >&3
        wait_for $((3 * small_bytes + (n - 1) * $4)) || not_ok "$2: answers a small block after it" "$(cat "$TMPDIR/err")"
        is_given_back "$2"
        stop
        check_equal "$2: status after $n values" 0 "$status"
    done
}

# at_most FOUND MOST WORDS: `at most WORDS`, or what was found.
at_most() {
    if [ "$1" -le "$2" ]; then
        echo "at most $3"
    else
        echo "$1 KiB"
    fi
}

# no_growth EXECUTABLE FUNCTION BLOCK: once warm, 1000 blocks of 100 values, each sent after the answer to the
# one before, leave the memory as it is.
no_growth() {
    "$3" 100 >"$TMPDIR/block"
    answer_bytes=$("$BUILD/bin/$1" "$2" <"$TMPDIR/block" | wc -c)
    run timeout 60 python3 "$ROOT/tests/cli/pool.py" 10 1000 "$TMPDIR/block" "$answer_bytes" "$BUILD/bin/$1" "$2"
    check_equal "$2: status after 1000 blocks" "0 $stderr" "$status "
    read -r warm_kib warm_size_kib peak_kib size_kib <"$TMPDIR/stdout"
    echo "$2: warm $warm_kib KiB, after 1000 blocks $peak_kib KiB"
    check_equal "$2: address space after 1000 blocks" "$warm_size_kib" "$size_kib"
    # A page of code or two may be touched late.
    check_equal "$2: peak after 1000 blocks" "at most $warm_kib + 64 KiB" \
        "$(at_most "$peak_kib" $((warm_kib + 64)) "$warm_kib + 64 KiB")"
}

# too_little EXECUTABLE FUNCTION BLOCK
too_little() {
    "$3" $((4 * MIB)) >"$TMPDIR/in"
    run "$BUILD/bin/$1" --max-memory 16M "$2" <"$TMPDIR/in"
    check_equal "$2, --max-memory 16M: status" 1 "$status"
    check_contains "$2, --max-memory 16M: message" "$1: $2: " "$stderr"
    check_contains "$2, --max-memory 16M: message" 'out of memory: ' "$stderr"
    check_equal "$2, --max-memory 16M: output" '' "$(head -c 10 "$TMPDIR/stdout" | hex)"
    run "$BUILD/bin/$1" --max-memory 1G "$2" <"$TMPDIR/in"
    check_equal "$2, --max-memory 1G: status" 0 "$status"
}

too_little periods periodNumbers ticks_block
too_little welford welfordState values_block
if [ ! -r /proc/self/status ]; then
    skip 'peak memory' 'no /proc'
    exit 0
fi
# The reader takes up to twice the block, for its memory doubles; the rest is a function's own.
peak_stays welford welfordState values_block 0 2
peak_stays periods periodNumbers ticks_block 4 5
gives_back activity activityState times_block
no_growth welford welfordState values_block
no_growth periods periodNumbers ticks_block
