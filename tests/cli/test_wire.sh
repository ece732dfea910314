#!/bin/sh
# The executables on the wire: bytes in; exact bytes out, line on stderr, exit status.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/cli/native.sh
. "$ROOT/tests/cli/native.sh"

STATE='Tuple(n UInt64, mean Float64, m2 Float64)'
AGGREGATE='AggregateFunction(varSampStable, Float64)'
PERIODS="$BUILD/bin/periods"
WELFORD="$BUILD/bin/welford"
# Doubles, little-endian: 0, 1, 2, 3, -1 and NaN.
F0=0000000000000000 F1=000000000000f03f F2=0000000000000040 F3=0000000000000840
FM1=000000000000f0bf FNAN=000000000000f87f

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

# ticks TICK...: the columns times, gap and max_span of one row.
ticks() {
    column times 'Array(Int64)'
    le 8 $#
    le 8 "$@"
    rule 10 0
}

# rule GAP SPAN, for one row
rule() {
    column gap Int64
    le 8 "$1"
    column max_span Int64
    le 8 "$2"
}

# times_block TICK... and key_block TICK...: a block of one row; the key is 7.
times_block() {
    dimensions 3 1
    ticks "$@"
}
key_block() {
    dimensions 4 1
    column key UInt64
    le 8 7
    ticks "$@"
}

# list TYPE N: a result of one row with N elements, up to the elements.
list() {
    dimensions 1 1
    answer result "$1"
    le 8 "$2"
}

# per_event WIDTH TYPE VALUE...: a result of one row.
per_event() {
    per_event_width=$1 per_event_type=$2
    shift 2
    list "$per_event_type" $#
    le "$per_event_width" "$@"
}

# The times 100, 2, 1, 2 at a gap of 10 are two periods: 1, 2, 2 and 100.
test_periods() {
    times_block 100 2 1 2 >"$TMPDIR/in"
    per_event 4 'Array(UInt32)' 2 1 1 1 >"$TMPDIR/expected"
    answers periodNumbers "$PERIODS" periodNumbers
    per_event 1 'Array(UInt8)' 1 0 1 0 >"$TMPDIR/expected"
    answers firstInPeriod "$PERIODS" firstInPeriod
    per_event 4 'Array(UInt32)' 1 3 3 3 >"$TMPDIR/expected"
    answers periodLengths "$PERIODS" periodLengths
    per_event 4 'Array(UInt32)' 1 2 2 2 >"$TMPDIR/expected"
    answers uniquePeriodLengths "$PERIODS" uniquePeriodLengths
}

# The ids as ClickHouse's own xxh3 gives them: of the key and the period's first tick, each in 8
# bytes, for example xxh3(unhex('07000000000000000100000000000000')); least significant byte first.
ID_1=767eec99c7c686f0 ID_100=937d2f4c11a234a4

test_keyed_periods() {
    key_block 100 2 1 2 >"$TMPDIR/in"
    {
        list 'Array(UInt64)' 4
        bytes $ID_100 $ID_1 $ID_1 $ID_1
    } >"$TMPDIR/expected"
    answers periodIds "$PERIODS" periodIds
    {
        list 'Array(Tuple(id UInt64, number UInt32, first_tick Int64, last_tick Int64, length UInt64, unique_length UInt64))' 2
        bytes $ID_1 $ID_100
        le 4 1 2
        le 8 1 100
        le 8 2 100
        le 8 3 1
        le 8 2 1
    } >"$TMPDIR/expected"
    answers periods "$PERIODS" periods
    {
        list 'Array(Tuple(id UInt64, number UInt32, is_first UInt8, length UInt32, unique_length UInt32))' 4
        bytes $ID_100 $ID_1 $ID_1 $ID_1
        le 4 2 1 1 1
        le 1 1 0 1 0
        le 4 1 3 3 3
        le 4 1 2 2 2
    } >"$TMPDIR/expected"
    answers periodRows "$PERIODS" periodRows
}

# state_column HEAD NAME N MEAN M2: a column of one state, that came or that is an answer; mean and m2 in
# hexadecimal digits.
state_column() {
    "$1" "$2" "$STATE"
    shift
    le 8 "$2"
    bytes "$3" "$4"
}

test_welford() {
    {
        dimensions 1 2
        column values 'Array(Float64)'
        le 8 2 2
        bytes $F1 $F3
    } >"$TMPDIR/in"
    {
        dimensions 1 2
        answer result "$STATE"
        le 8 2 0
        bytes $F2 $F0 $F2 $F0
    } >"$TMPDIR/expected"
    answers welfordState "$WELFORD" welfordState
    {
        dimensions 1 1
        column states "Array($STATE)"
        le 8 3
        le 8 1 0 1
        bytes $F1 $F0 $F3 $F0 $F0 $F0
    } >"$TMPDIR/in"
    { dimensions 1 1 && state_column answer result 2 $F2 $F2; } >"$TMPDIR/expected"
    answers welfordMerge "$WELFORD" welfordMerge
}

test_welford_aggregate() {
    { dimensions 1 1 && state_column column state 300 $F2 $F3; } >"$TMPDIR/in"
    {
        dimensions 1 1
        answer result "$AGGREGATE"
        bytes ac02 $F2 $F3
    } >"$TMPDIR/expected"
    answers welfordToAggregate "$WELFORD" welfordToAggregate
    {
        dimensions 1 1
        column state "$AGGREGATE"
        bytes ac02 $F2 $F3
    } >"$TMPDIR/in"
    { dimensions 1 1 && state_column answer result 300 $F2 $F3; } >"$TMPDIR/expected"
    answers welfordFromAggregate "$WELFORD" welfordFromAggregate
}

test_streams() {
    : >"$TMPDIR/in"
    : >"$TMPDIR/expected"
    answers 'no input at all' "$PERIODS" periodNumbers
    { times_block 5 && times_block 5 100 && times_block; } >"$TMPDIR/in"
    {
        per_event 4 'Array(UInt32)' 1
        per_event 4 'Array(UInt32)' 1 2
        per_event 4 'Array(UInt32)'
    } >"$TMPDIR/expected"
    answers 'three blocks' "$PERIODS" periodNumbers
    {
        dimensions 3 0
        column times 'Array(Int64)'
        column gap Int64
        column max_span Int64
    } >"$TMPDIR/in"
    { dimensions 1 0 && answer result 'Array(UInt32)'; } >"$TMPDIR/expected"
    answers 'a block without rows' "$PERIODS" periodNumbers
    times_block -9223372036854775808 9223372036854775807 >"$TMPDIR/in"
    per_event 4 'Array(UInt32)' 1 2 >"$TMPDIR/expected"
    answers 'ticks at both ends of Int64' "$PERIODS" periodNumbers
}

test_broken_bytes() {
    times_block 1 2 3 | head -c 93 >"$TMPDIR/in"
    fails 'truncated block' "$PERIODS" periodNumbers \
        "periods: periodNumbers: column 3 'max_span': truncated input: expected 8 more bytes at byte 86 of the block, found 7"
    bytes 03 >"$TMPDIR/in"
    fails 'a block of one byte' "$PERIODS" periodNumbers \
        'periods: periodNumbers: truncated input: expected 1 more bytes at byte 1 of the block, found 0'
    bytes 03 ff ff ff ff ff ff ff ff ff 02 >"$TMPDIR/in"
    fails 'a varuint that overflows' "$PERIODS" periodNumbers \
        'periods: periodNumbers: expected a varuint of at most 64 bits at byte 1 of the block, found a longer one'
    { dimensions 3 1073741825 && ticks 1; } >"$TMPDIR/in"
    fails 'more rows than the cap' "$PERIODS" periodNumbers \
        'periods: periodNumbers: expected a block of at most 1073741824 rows, found 1073741825'
    dimensions 65537 1 >"$TMPDIR/in"
    fails 'more columns than the cap' "$PERIODS" periodNumbers \
        'periods: periodNumbers: expected a block of at most 65536 columns, found 65537'
    {
        dimensions 3 2
        column times 'Array(Int64)'
        le 8 2 1
        le 8 5 6
    } >"$TMPDIR/in"
    fails 'an array offset that goes backwards' "$PERIODS" periodNumbers \
        "periods: periodNumbers: column 1 'times': row 2: expected an array offset of 2 or more, found 1"
}

test_wrong_arguments() {
    dimensions 0 0 >"$TMPDIR/in"
    fails 'no arguments' "$PERIODS" periodNumbers \
        'periods: periodNumbers: expected 3 argument columns, found 0'
    key_block 1 >"$TMPDIR/in"
    fails 'an argument too many' "$PERIODS" periodNumbers \
        'periods: periodNumbers: expected 3 argument columns, found 4'
    times_block 1 >"$TMPDIR/in"
    fails 'an argument too few' "$PERIODS" periodIds \
        'periods: periodIds: expected 4 argument columns, found 3'
    { dimensions 1 0 && column value 'Array(Float64)'; } >"$TMPDIR/in"
    fails 'a wrong column name' "$WELFORD" welfordState \
        "welford: welfordState: column 1: expected the name 'values', found 'value'"
    { dimensions 1 0 && column 'a
b' 'Array(Float64)'; } >"$TMPDIR/in"
    fails 'a newline in a column name' "$WELFORD" welfordState \
        "welford: welfordState: column 1: expected the name 'values', found 'a?b'"
    { dimensions 1 0 && column values 'Array(UUID)'; } >"$TMPDIR/in"
    fails 'a wrong type' "$WELFORD" welfordState \
        "welford: welfordState: column 1 'values': expected the type Array(Float64), found Array(UUID)"
    { dimensions 1 0 && column values Json; } >"$TMPDIR/in"
    fails 'a type of unknown layout' "$WELFORD" welfordState \
        "welford: welfordState: column 1 'values': type Json: Saltwell does not know the layout of the type at character 1"
}

test_wrong_values() {
    {
        dimensions 3 2
        column times 'Array(Int64)'
        le 8 0 0
        column gap Int64
        le 8 5 -1
        column max_span Int64
        le 8 0 0
    } >"$TMPDIR/in"
    fails 'a negative gap' "$PERIODS" periodNumbers \
        'periods: periodNumbers: row 2: gap: expected 0 or more, found -1'
    {
        dimensions 3 1
        column times 'Array(Int64)'
        le 8 0
        rule 5 -7
    } >"$TMPDIR/in"
    fails 'a negative max_span' "$PERIODS" periodLengths \
        'periods: periodLengths: row 1: max_span: expected 0 or more, found -7'
    { dimensions 1 1 && state_column column state 2 $F1 $FM1; } >"$TMPDIR/in"
    fails 'a state with m2 < 0' "$WELFORD" welfordToAggregate \
        'welford: welfordToAggregate: row 1: invalid moments: expected m2 >= 0, found n = 2, mean = 1, m2 = -1'
    { dimensions 1 1 && state_column column state 0 $FNAN $F0; } >"$TMPDIR/in"
    fails 'an empty state with a mean' "$WELFORD" welfordToAggregate \
        'welford: welfordToAggregate: row 1: invalid moments: expected mean = 0 and m2 = 0 where n = 0, found n = 0, mean = nan, m2 = 0'
    {
        dimensions 1 2
        column states "Array($STATE)"
        le 8 1 3
        le 8 1 1 2
        bytes $F1 $F1 $F1 $F0 $F0 $FM1
    } >"$TMPDIR/in"
    fails 'a state with m2 < 0 in an array' "$WELFORD" welfordMerge \
        'welford: welfordMerge: row 2: state 2 of the array: invalid moments: expected m2 >= 0, found n = 2, mean = 1, m2 = -1'
}

# usage_error NAME MESSAGE ARGUMENT...
usage_error() {
    usage_name=$1 usage_message=$2
    shift 2
    run "$PERIODS" "$@" </dev/null
    check_equal "$usage_name: status" 2 "$status"
    check_equal "$usage_name: message" "periods: $usage_message" "$(head -n 1 "$TMPDIR/stderr")"
    check_contains "$usage_name: usage" 'usage: periods ' "$stderr"
    check_equal "$usage_name: output" '' "$(cat "$TMPDIR/stdout")"
}

test_usage() {
    usage_error 'no function' 'expected the name of a function, found none'
    usage_error 'an unknown function' "expected the name of a function, found 'welfordState'" welfordState
    usage_error 'an unknown option' "expected an option and its value, found '--nonsense'" --nonsense
    usage_error 'two functions' "expected one function, found 'periods'" periodIds periods
    for size in 12Q -1 0 '' 99999999999999999999 K 8GG; do
        usage_error "--max-memory '$size'" \
            "--max-memory: expected a size as 64K, 16M or 8G, found '$size'" \
            --max-memory "$size" periods
    done
}

# page EXECUTABLE OPTION FRAGMENT
page() {
    run "$BUILD/bin/$1" "$2" </dev/null
    check_equal "$1 $2: status" 0 "$status"
    check_equal "$1 $2: nothing on stderr" '' "$stderr"
    check_contains "$1 $2" "$3" "$(cat "$TMPDIR/stdout")"
}

test_pages() {
    version=$(sed -n 's/.*SALTWELL_VERSION "\(.*\)"/\1/p' "$ROOT/udf/common/version.h")
    page periods --version "periods (Saltwell) $version"
    page periods --help 'usage: periods '
    page periods --list 'firstInPeriod	times Array(Int64), gap Int64, max_span Int64	Array(UInt8)	'
    page periods --xml '<command>periods periodRows</command>'
    page welford --help 'welfordFromAggregate(state '
    page welford --list "welfordMerge	states Array($STATE)	$STATE	"
    page welford --xml "<return_type>$AGGREGATE</return_type>"
    check_equal 'periods --list: functions' 7 "$("$PERIODS" --list | wc -l | tr -d ' ')"
    check_equal 'welford --list: functions' 4 "$("$WELFORD" --list | wc -l | tr -d ' ')"
}

# refused NAME MESSAGE: what `status` and $TMPDIR/stderr say of an output that could not be written.
refused() {
    check_equal "$1: status" 1 "$status"
    check_equal "$1: message" "$2" "$(cat "$TMPDIR/stderr")"
}

test_refused_output() {
    times_block 1 2 3 >"$TMPDIR/in"
    status=0
    "$PERIODS" periodNumbers <"$TMPDIR/in" >/dev/full 2>"$TMPDIR/stderr" || status=$?
    refused 'output full' \
        'periods: periodNumbers: cannot write the output: No space left on device'
    status=0
    "$PERIODS" periodNumbers <"$TMPDIR/in" >&- 2>"$TMPDIR/stderr" || status=$?
    refused 'output closed' 'periods: periodNumbers: cannot write the output: Bad file descriptor'
    status=0
    "$PERIODS" periodNumbers <&- >"$TMPDIR/stdout" 2>"$TMPDIR/stderr" || status=$?
    refused 'input closed' 'periods: periodNumbers: cannot read the input: Bad file descriptor'
    for option in --help --version --list --xml; do
        status=0
        "$PERIODS" $option >/dev/full 2>"$TMPDIR/stderr" || status=$?
        refused "$option, output full" 'periods: cannot write the output'
    done
}

test_static() {
    for executable in periods welford; do
        if ! command -v readelf >/dev/null; then
            skip "$executable is static" 'no readelf'
            continue
        fi
        check_equal "$executable asks for no interpreter" '' \
            "$(readelf -lW "$BUILD/bin/$executable" | grep INTERP)"
        check_equal "$executable asks for no library" '' \
            "$(readelf -dW "$BUILD/bin/$executable" | grep NEEDED)"
    done
}

test_periods
test_keyed_periods
test_welford
test_welford_aggregate
test_streams
test_broken_bytes
test_wrong_arguments
test_wrong_values
test_usage
test_pages
test_refused_output
test_static
