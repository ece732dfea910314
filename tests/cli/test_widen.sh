#!/bin/sh
# Servers before 26.7 send arguments in the types that the query has. Blocks in such types, as those
# servers send them, must be answered with the same bytes as blocks in the declared types.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/cli/native.sh
. "$ROOT/tests/cli/native.sh"

# same NAME EXECUTABLE FUNCTION: $TMPDIR/in is answered as $TMPDIR/declared is.
same() {
    run "$BUILD/bin/$2" "$3" <"$TMPDIR/declared"
    check_equal "$1: declared types" "0 ''" "$status '$stderr'"
    mv "$TMPDIR/stdout" "$TMPDIR/expected"
    run "$BUILD/bin/$2" "$3" <"$TMPDIR/in"
    check_equal "$1: status" "0 ''" "$status '$stderr'"
    check_files_equal "$1: bytes" "$TMPDIR/expected" "$TMPDIR/stdout"
}

# refused NAME EXECUTABLE FUNCTION MESSAGE: one line, status 1 and no byte of output.
refused() {
    run "$BUILD/bin/$2" "$3" <"$TMPDIR/in"
    check_equal "$1: status" 1 "$status"
    check_equal "$1: message" "$2: $3: $4" "$stderr"
    check_equal "$1: output" '' "$(hex <"$TMPDIR/stdout")"
}

# rule_of WIDTH TYPE GAP SPAN: the columns gap and max_span of one row.
rule_of() {
    column gap "$2"
    le "$1" "$3"
    column max_span "$2"
    le "$1" "$4"
}

# times_of WIDTH TYPE TIME...: the column times of one row.
times_of() {
    times_width=$1
    column times "Array($2)"
    shift 2
    le 8 $#
    le "$times_width" "$@"
}

key_of() {
    column key "$2"
    le "$1" "$3"
}

# periods(7, [100, 2, 1, 2], 10, 0) in the declared types.
declared_periods() {
    dimensions 4 1
    key_of 8 UInt64 7
    times_of 8 Int64 100 2 1 2
    rule_of 8 Int64 10 0
}

# narrow_periods WIDTH TYPE: the same with all arguments of one type.
narrow_periods() {
    dimensions 4 1
    key_of "$1" "$2" 7
    times_of "$1" "$2" 100 2 1 2
    rule_of "$1" "$2" 10 0
}

test_integers() {
    declared_periods >"$TMPDIR/declared"
    for types in '1 UInt8' '2 UInt16' '4 UInt32' '8 UInt64' '1 Int8' '2 Int16' '4 Int32' \
        '8 Int64' '2 Date' '4 Date32' '4 DateTime' "4 DateTime('UTC')" '8 IntervalSecond'; do
        width=${types%% *} type=${types#* }
        narrow_periods "$width" "$type" >"$TMPDIR/in"
        same "periods of $type" periods periods
    done
    {
        dimensions 4 1
        column key UInt128
        le 8 7 0
        column times 'Array(DateTime64(3))'
        le 8 4
        le 8 100999 2000 1001 2500
        column gap Nullable\(UInt8\)
        le 1 0 10
        column max_span 'LowCardinality(UInt8)'
        le 8 1 512 1
        le 1 0
        le 8 1
        le 1 0
    } >"$TMPDIR/in"
    same 'periods of DateTime64, Nullable, LowCardinality and UInt128' periods periods
    {
        dimensions 3 1
        times_of 8 Int64
        rule_of 8 Int64 10 0
    } >"$TMPDIR/declared"
    {
        dimensions 3 1
        times_of 1 Nothing
        rule_of 1 UInt8 10 0
    } >"$TMPDIR/in"
    same 'an empty array literal' periods periodNumbers
}

# Types may change from block to block, in the same process.
test_changing_types() {
    { declared_periods && declared_periods && declared_periods && declared_periods; } >"$TMPDIR/declared"
    {
        narrow_periods 1 UInt8
        declared_periods
        narrow_periods 4 DateTime
        narrow_periods 4 DateTime
    } >"$TMPDIR/in"
    same 'types that change' periods periodRows
}

STATE='Tuple(n UInt64, mean Float64, m2 Float64)'
F1=000000000000f03f F2=0000000000000040 F0=0000000000000000

test_welford() {
    {
        dimensions 1 2
        column values 'Array(Float64)'
        le 8 2 3
        bytes $F1 $F2 $F1
    } >"$TMPDIR/declared"
    {
        dimensions 1 2
        column values 'Array(UInt8)'
        le 8 2 3
        le 1 1 2 1
    } >"$TMPDIR/in"
    same 'values of UInt8' welford welfordState
    same 'values of UInt8, exactly' exact exactState
    {
        dimensions 1 2
        column values 'Array(Nullable(Float32))'
        le 8 2 3
        bytes 000000 0000803f 00000040 0000803f
    } >"$TMPDIR/in"
    same 'values of Nullable(Float32)' welford welfordState
    {
        dimensions 1 1
        column states "Array($STATE)"
        le 8 2
        le 8 1 3
        bytes $F2 $F1
        bytes $F0 $F1
    } >"$TMPDIR/declared"
    {
        dimensions 1 1
        column states 'Array(Tuple(UInt8, Float64, UInt8))'
        le 8 2
        le 1 1 3
        bytes $F2 $F1
        le 1 0 1
    } >"$TMPDIR/in"
    same 'states as unnamed tuples' welford welfordMerge
    { dimensions 1 1 && column state "$STATE" && le 8 3 && bytes $F1 $F2; } >"$TMPDIR/declared"
    { dimensions 1 1 && column state 'Tuple(UInt8, UInt8, UInt8)' && le 1 3 1 2; } >"$TMPDIR/in"
    same 'a state as an unnamed tuple' welford welfordToAggregate
    { dimensions 1 1 && column states "Array($STATE)" && le 8 0; } >"$TMPDIR/declared"
    { dimensions 1 1 && column states 'Array(Nothing)' && le 8 0; } >"$TMPDIR/in"
    same 'no states' welford welfordMerge
}

# A history of no events is the empty String.
test_strings() {
    { dimensions 1 2 && column states 'Array(String)' && le 8 1 2 && le 1 0 0; } >"$TMPDIR/declared"
    { dimensions 1 2 && column states 'Array(FixedString(3))' && le 8 1 2 && le 1 0 0 0 0 0 0; } >"$TMPDIR/in"
    same 'states of FixedString' activity activityMerge
    same 'moments of FixedString' exact exactMerge
    {
        dimensions 1 2
        column states 'Array(LowCardinality(String))'
        le 8 1 1 2
        le 8 512 1
        le 1 0
        le 8 2
        le 1 0 0
    } >"$TMPDIR/in"
    same 'states of LowCardinality' activity activityMerge
}

test_refused() {
    {
        dimensions 4 2
        key_of 1 Int8 5
        le 1 -1
        column times 'Array(UInt8)'
        le 8 0 0
        for name in gap max_span; do
            column $name UInt8
            le 1 1 1
        done
    } >"$TMPDIR/in"
    refused 'a negative key' periods periods \
        "column 1 'key': row 2: expected a value of UInt64, found -1"
    {
        dimensions 3 2
        column times 'Array(Nullable(UInt32))'
        le 8 1 3
        le 1 0 0 1
        le 4 1 2 3
        column gap UInt8
        le 1 1 1
        column max_span UInt8
        le 1 0 0
    } >"$TMPDIR/in"
    refused 'a NULL among times' periods periodNumbers \
        "column 1 'times': row 2: expected a value of Int64, found NULL"
    { dimensions 3 1 && times_of 8 Float64 4609434218613702656 && rule_of 1 UInt8 1 0; } >"$TMPDIR/in"
    refused 'a fraction' periods periodNumbers \
        "column 1 'times': row 1: expected a value of Int64, found 1.5"
    { dimensions 1 1 && column values 'Array(UInt64)' && le 8 1 && le 8 9007199254740993; } >"$TMPDIR/in"
    refused 'an integer that a double cannot hold' welford welfordState \
        "column 1 'values': row 1: expected a value of Float64, found 9007199254740993"
    { dimensions 3 0 && column times 'Array(String)' && column gap UInt8 && column max_span UInt8; } >"$TMPDIR/in"
    refused 'times as text' periods periodNumbers \
        "column 1 'times': expected the type Array(Int64), found Array(String)"
    { dimensions 1 0 && column state 'Tuple(a UInt64, b Float64, c Float64)'; } >"$TMPDIR/in"
    refused 'a tuple with other names' welford welfordToAggregate \
        "column 1 'state': expected the type $STATE, found Tuple(a UInt64, b Float64, c Float64)"
}

test_integers
test_changing_types
test_welford
test_strings
test_refused
