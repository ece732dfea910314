#!/bin/sh
# The executables activity and exact on the wire: states in and out byte by byte, and what they say to
# states that somebody has damaged or made up. The stored forms themselves are tested in tests/unit.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/cli/native.sh
. "$ROOT/tests/cli/native.sh"

ACTIVITY="$BUILD/bin/activity"
EXACT="$BUILD/bin/exact"
GOLDEN="$ROOT/tests/golden"
PERIODS="Array(Tuple(id UInt64, number UInt32, first_tick Int64, last_tick Int64,\
 length UInt64, unique_length UInt64))"
MOMENTS='Tuple(n UInt64, mean Float64, m2 Float64)'
# Doubles, little-endian: 0, 1, -2.5, -0.75, 6.125 and NaN.
F0=0000000000000000 F1=000000000000f03f FM2_5=00000000000004c0 FM0_75=000000000000e8bf
F6_125=0000000000801840 FNAN=000000000000f87f
# A visit: events at 1388534400 and 2, 5, 5 and 3600 seconds later.
VISIT='1388538000 1388534405 1388534400 1388534402 1388534405'

# answers NAME EXECUTABLE FUNCTION: input in $TMPDIR/in, expected output in $TMPDIR/expected.
answers() {
    run "$2" "$3" <"$TMPDIR/in"
    check_equal "$1: status" 0 "$status"
    check_equal "$1: nothing on stderr" '' "$stderr"
    check_files_equal "$1: bytes" "$TMPDIR/expected" "$TMPDIR/stdout"
}

# fails NAME EXECUTABLE FUNCTION MESSAGE: one line, status 1 and no byte of output.
fails() {
    run "$2" "$3" <"$TMPDIR/in"
    check_equal "$1: status" 1 "$status"
    check_equal "$1: message" "$4" "$stderr"
    check_equal "$1: lines on stderr" 1 "$(wc -l <"$TMPDIR/stderr" | tr -d ' ')"
    check_equal "$1: output" '' "$(hex <"$TMPDIR/stdout")"
}

# string FILE: its length, then its bytes.
string() {
    varuint "$(wc -c <"$1" | tr -d ' ')"
    cat "$1"
}

# strings FILE...: the rows of a String column.
strings() {
    for strings_file; do
        string "$strings_file"
    done
}

# state_block FILE...: a block of one String column, a row per file, and result_states what answers it.
state_block() {
    dimensions 1 $#
    column state String
    strings "$@"
}
result_states() {
    dimensions 1 $#
    answer result String
    strings "$@"
}

# states_block FILE...: a block of one row, an array of states.
states_block() {
    dimensions 1 1
    column states 'Array(String)'
    le 8 $#
    strings "$@"
}

# times_block TICK...: a block of one row.
times_block() {
    dimensions 1 1
    column times 'Array(Int64)'
    le 8 $#
    le 8 "$@"
}

# moments_result N MEAN M2, mean and m2 in hexadecimal digits.
moments_result() {
    dimensions 1 1
    answer result "$MOMENTS"
    le 8 "$1"
    bytes "$2" "$3"
}

test_activity_state() {
    # shellcheck disable=SC2086 # each tick is a word
    times_block $VISIT >"$TMPDIR/in"
    result_states "$GOLDEN/v1/activity-visit.blob" >"$TMPDIR/expected"
    answers activityState "$ACTIVITY" activityState
    times_block >"$TMPDIR/in"
    result_states /dev/null >"$TMPDIR/expected"
    answers 'activityState of no events' "$ACTIVITY" activityState
    times_block 1388534400 >"$TMPDIR/in"
    result_states "$GOLDEN/v1/activity-one.blob" >"$TMPDIR/expected"
    answers 'activityState of one event' "$ACTIVITY" activityState
    {
        times_block 1388534400
        # shellcheck disable=SC2086 # each tick is a word
        times_block $VISIT
    } >"$TMPDIR/in"
    {
        result_states "$GOLDEN/v1/activity-one.blob"
        result_states "$GOLDEN/v1/activity-visit.blob"
    } >"$TMPDIR/expected"
    answers 'activityState of two blocks' "$ACTIVITY" activityState
}

# part TICK...: writes the state of the events into the file $TMPDIR/part.TICK....
part() {
    part_file=$TMPDIR/part.$(echo "$*" | tr ' ' _)
    times_block "$@" | "$ACTIVITY" activityState >"$TMPDIR/part.block"
    # Behind the dimensions and the column's name and type: 2 + 7 + 8 bytes, and the length of 1.
    tail -c +19 "$TMPDIR/part.block" >"$part_file"
}

test_activity_merge() {
    part 1388534405
    part 1388538000 1388534405
    part 1388534400 1388534402
    late=$TMPDIR/part.1388538000_1388534405 early=$TMPDIR/part.1388534400_1388534402
    result_states "$GOLDEN/v1/activity-visit.blob" >"$TMPDIR/expected"
    states_block "$late" "$TMPDIR/part.1388534405" "$early" >"$TMPDIR/in"
    answers 'activityMerge of three' "$ACTIVITY" activityMerge
    states_block /dev/null "$early" /dev/null "$TMPDIR/part.1388534405" "$late" >"$TMPDIR/in"
    answers 'activityMerge in another order, empty ones between' "$ACTIVITY" activityMerge
    states_block "$GOLDEN/v1/activity-visit.blob" >"$TMPDIR/in"
    answers 'activityMerge of one' "$ACTIVITY" activityMerge
    result_states /dev/null >"$TMPDIR/expected"
    for n in 0 2; do
        # shellcheck disable=SC2046 # n words
        states_block $(yes /dev/null | head -n "$n") >"$TMPDIR/in"
        answers "activityMerge of $n empty ones" "$ACTIVITY" activityMerge
    done
}

# periods_block GAP SPAN STATE: the arguments of activityPeriods in one row; the key is 7.
periods_block() {
    dimensions 4 1
    column key UInt64
    le 8 7
    column state String
    string "$3"
    column gap Int64
    le 8 "$1"
    column max_span Int64
    le 8 "$2"
}

test_activity_readers() {
    state_block "$GOLDEN/v1/activity-visit.blob" /dev/null >"$TMPDIR/in"
    {
        dimensions 1 2
        answer result 'Array(Tuple(tick Int64, count UInt64))'
        le 8 4 4
        le 8 1388534400 1388534402 1388534405 1388538000
        le 8 1 1 2 1
    } >"$TMPDIR/expected"
    answers activityEvents "$ACTIVITY" activityEvents
    # Period ids as xxh3(unhex('0700000000000000…')) of the key and the first tick, least byte first.
    periods_block 10 0 "$GOLDEN/v1/activity-visit.blob" >"$TMPDIR/in"
    {
        dimensions 1 1
        answer result "$PERIODS"
        le 8 2
        bytes dbe9de7129a7107d 3dc8fa74e480b2b8
        le 4 1 2
        le 8 1388534400 1388538000
        le 8 1388534405 1388538000
        le 8 4 1
        le 8 3 1
    } >"$TMPDIR/expected"
    answers activityPeriods "$ACTIVITY" activityPeriods
    periods_block 10 0 /dev/null >"$TMPDIR/in"
    {
        dimensions 1 1
        answer result "$PERIODS"
        le 8 0
    } >"$TMPDIR/expected"
    answers 'activityPeriods of no events' "$ACTIVITY" activityPeriods
}

# values_block VALUE...: in hexadecimal digits.
values_block() {
    dimensions 1 1
    column values 'Array(Float64)'
    le 8 $#
    bytes "$@"
}

test_exact() {
    values_block $FM2_5 >"$TMPDIR/in"
    result_states "$GOLDEN/v1/exact-one.blob" >"$TMPDIR/expected"
    answers exactState "$EXACT" exactState
    values_block >"$TMPDIR/in"
    result_states /dev/null >"$TMPDIR/expected"
    answers 'exactState of no values' "$EXACT" exactState
    states_block /dev/null "$GOLDEN/v1/exact-one.blob" /dev/null >"$TMPDIR/in"
    result_states "$GOLDEN/v1/exact-one.blob" >"$TMPDIR/expected"
    answers 'exactMerge of one' "$EXACT" exactMerge
    # -2.5 and 1: the mean is -0.75, m2 6.125.
    values_block $F1 | "$EXACT" exactState | tail -c +19 >"$TMPDIR/one"
    states_block "$TMPDIR/one" "$GOLDEN/v1/exact-one.blob" | "$EXACT" exactMerge | tail -c +19 >"$TMPDIR/two"
    state_block "$TMPDIR/two" >"$TMPDIR/in"
    moments_result 2 $FM0_75 $F6_125 >"$TMPDIR/expected"
    answers 'exactMoments of a merged state' "$EXACT" exactMoments
    values_block $FM2_5 $F1 >"$TMPDIR/in"
    result_states "$TMPDIR/two" >"$TMPDIR/expected"
    answers 'exactState of both values is the merged state' "$EXACT" exactState
    state_block /dev/null >"$TMPDIR/in"
    moments_result 0 $F0 $F0 >"$TMPDIR/expected"
    answers 'exactMoments of no values' "$EXACT" exactMoments
    state_block "$GOLDEN/v1/exact-nan.blob" >"$TMPDIR/in"
    moments_result 3 $FNAN $FNAN >"$TMPDIR/expected"
    answers 'exactMoments with a NaN' "$EXACT" exactMoments
}

# refuses NAME EXECUTABLE FUNCTION FRAGMENT: one line with the fragment, status 1, no byte of output.
refuses() {
    run "$2" "$3" <"$TMPDIR/in"
    check_equal "$1: status, lines on stderr, bytes of output" '1 1 0' \
        "$status $(wc -l <"$TMPDIR/stderr" | tr -d ' ') $(wc -c <"$TMPDIR/stdout" | tr -d ' ')"
    check_contains "$1: message" "$4" "$stderr"
}

# Each file of the manifest that has to be refused, by every function that reads states. Those that
# declare 1 TiB or 1 GiB are refused for what they are, in 24 MiB of memory.
test_rejected() {
    grep '^rejected/' "$GOLDEN/MANIFEST.tsv" >"$TMPDIR/rejected"
    while IFS='	' read -r file kind _ message _; do
        executable=$BUILD/bin/$kind
        state_block "$GOLDEN/$file" >"$TMPDIR/in"
        case $kind in
        activity) reader=activityEvents ;;
        *) reader=exactMoments ;;
        esac
        refuses "$file, $reader" "$executable" "$reader" "$kind: $reader: row 1: "
        check_contains "$file, $reader: why" "$message" "$stderr"
        states_block /dev/null "$GOLDEN/$file" >"$TMPDIR/in"
        merge=${kind}Merge
        refuses "$file, $merge" "$executable" "$merge" "$kind: $merge: row 1: state 2"
        check_contains "$file, $merge: why" "$message" "$stderr"
        [ "$kind" = activity ] || continue
        periods_block 10 0 "$GOLDEN/$file" >"$TMPDIR/in"
        refuses "$file, activityPeriods" "$executable" activityPeriods "$message"
    done <"$TMPDIR/rejected"
    check_equal 'every file that has to be refused was' "$(find "$GOLDEN/rejected" -type f | wc -l)" \
        "$(wc -l <"$TMPDIR/rejected")"
}

test_declared_sizes() {
    for file in tebibyte frame-tebibyte frame-ratio; do
        state_block "$GOLDEN/rejected/$file.blob" >"$TMPDIR/in"
        message=$(grep "^rejected/$file.blob" "$GOLDEN/MANIFEST.tsv" | cut -f 4)
        run "$ACTIVITY" --max-memory 24M activityEvents <"$TMPDIR/in"
        check_contains "$file in 24 MiB of memory" "$message" "$stderr"
    done
}

# put_damaged AT BLOB: a bit of its byte AT changed.
put_damaged() {
    damaged_byte=$(tail -c +$(($1 + 1)) "$2" | head -c 1 | od -An -tu1 | tr -d ' ')
    head -c "$1" "$2"
    le 1 $((damaged_byte ^ (1 << ($1 % 8))))
    tail -c +$(($1 + 2)) "$2"
}

# accepts EXECUTABLE FUNCTION STATE: whether it answers anything.
accepts() {
    state_block "$3" >"$TMPDIR/in"
    run "$1" "$2" <"$TMPDIR/in"
    [ "$status" -ne 1 ] || [ -s "$TMPDIR/stdout" ]
}

# test_damage_of KIND FUNCTION BLOB: every byte changed, and every length below the whole.
test_damage_of() {
    size=$(wc -c <"$3" | tr -d ' ')
    accepted=
    at=0
    while [ "$at" -lt "$size" ]; do
        put_damaged "$at" "$3" >"$TMPDIR/damaged"
        ! accepts "$BUILD/bin/$1" "$2" "$TMPDIR/damaged" || accepted="$accepted changed:$at"
        head -c "$at" "$3" >"$TMPDIR/damaged"
        ! accepts "$BUILD/bin/$1" "$2" "$TMPDIR/damaged" || accepted="$accepted cut:$at"
        at=$((at + 1))
    done
    # Cut to nothing it is the empty state.
    check_equal "$2: damaged states that were taken for good" ' cut:0' "$accepted"
}

test_damage() {
    test_damage_of activity activityEvents "$GOLDEN/v1/activity-visit.blob"
    test_damage_of exact exactMoments "$GOLDEN/v1/exact-one.blob"
}

# bad_state EXECUTABLE FUNCTION: the second state of the second row is none.
bad_state() {
    {
        dimensions 1 2
        column states 'Array(String)'
        le 8 1 3
        text '' && text '' && text x
    } >"$TMPDIR/in"
    fails "$2: a state that is none" "$1" "$2" \
        "${1##*/}: $2: row 2: state 2 of the array: not a state: a blob starts with the bytes B7 53 57 42"
}

test_bad_states() {
    bad_state "$ACTIVITY" activityMerge
    bad_state "$EXACT" exactMerge
}

test_errors_between_blocks() {
    { state_block "$GOLDEN/v1/exact-one.blob" && state_block "$GOLDEN/v1/activity-one.blob"; } >"$TMPDIR/in"
    moments_result 1 $FM2_5 $F0 >"$TMPDIR/expected"
    run "$EXACT" exactMoments <"$TMPDIR/in"
    check_equal 'a good block, then a bad one: status' 1 "$status"
    check_equal 'a good block, then a bad one: message' \
        'exact: exactMoments: row 1: expected a blob of kind exact, found one of kind activity' "$stderr"
    check_files_equal 'a good block, then a bad one: answer' "$TMPDIR/expected" "$TMPDIR/stdout"
    state_block "$GOLDEN/v1/activity-one.blob" /dev/null "$GOLDEN/v1/exact-zero.blob" >"$TMPDIR/in"
    fails 'a state of the other kind in row 3' "$ACTIVITY" activityEvents \
        'activity: activityEvents: row 3: expected a blob of kind activity, found one of kind exact'
    {
        dimensions 1 1
        column state String
        varuint 1000
        cat "$GOLDEN/v1/activity-one.blob"
    } >"$TMPDIR/in"
    refuses 'a String longer than its block' "$ACTIVITY" activityEvents 'truncated input'
}

# Counts add up; 64 bits hold them or the merge fails.
test_count_overflow() {
    part 11
    states_block "$TMPDIR/part.11" "$GOLDEN/v1/activity-counts.blob" >"$TMPDIR/in"
    fails 'a count above 64 bits' "$ACTIVITY" activityMerge \
        'activity: activityMerge: row 1: the events at tick 11 are more than 2^64 - 1'
}

test_pages() {
    check_equal 'activity --list' 'activityState activityMerge activityPeriods activityEvents' \
        "$("$ACTIVITY" --list </dev/null | cut -f 1 | xargs)"
    check_equal 'exact --list' 'exactState exactMerge exactMoments' \
        "$("$EXACT" --list </dev/null | cut -f 1 | xargs)"
}

test_activity_state
test_activity_merge
test_activity_readers
test_exact
test_rejected
test_declared_sizes
test_damage
test_bad_states
test_errors_between_blocks
test_count_overflow
test_pages
