#!/bin/sh
# period_stream and merge_partials as programs and through the real server: usage, saltwell_sql, and every
# error, with the server's default settings, which look neither at exit status nor at standard error,
# as well as with ours.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/cli/native.sh
. "$ROOT/tests/cli/native.sh"

engine=$BUILD/saltwell-local
safe="SETTINGS check_exit_code = 1, stderr_reaction = 'throw', command_read_timeout = 60000, command_write_timeout = 60000"
rows_columns='period_id UInt64, period_number UInt32, is_first_in_period UInt8'

# misused PROGRAM FRAGMENT ARGUMENT...: status 2, the fragment and the usage on standard error, and a
# poisoned output.
misused() {
    program=$1 fragment=$2
    shift 2
    run "$BUILD/bin/$program" "$@" </dev/null
    check_equal "$program $*: status" 2 "$status"
    check_contains "$program $*: message" "$program: $fragment" "$stderr"
    check_contains "$program $*: usage" "usage: $program " "$stderr"
    check_contains "$program $*: poison" "AggregateFunction(\`$program: " "$(head -c 300 "$TMPDIR/stdout" | tr '\0' ' ')"
}

# A person at a terminal gets the message and no bytes, also where the output goes into a file.
run python3 -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(["sh", "-c", sys.argv[1]])))' "'$BUILD/bin/period_stream' --nonsense >'$TMPDIR/file'"
check_equal 'at a terminal: status' 2 "$status"
check_contains 'at a terminal: message' "period_stream: expected an option and its value, found '--nonsense'" "$(cat "$TMPDIR/stdout")"
check_equal 'at a terminal: output' '' "$(cat "$TMPDIR/file")"

misused period_stream 'expected --keys, --time and --gap, found no --keys' --time ts --gap 1
misused period_stream 'expected --keys, --time and --gap, found no --time' --keys 1 --gap 1
misused period_stream 'expected --keys, --time and --gap, found no --gap' --keys 1 --time ts
misused period_stream "--gap: expected a number of ticks of 0 to 9223372036854775807, found '-1'" --keys 1 --time ts --gap -1
misused period_stream "--gap: expected a number of ticks of 0 to 9223372036854775807, found '9223372036854775808'" --keys 1 --time ts --gap 9223372036854775808
misused period_stream "--max-span: expected a number of ticks of 0 to 9223372036854775807, found '1h'" --keys 1 --time ts --gap 1 --max-span 1h
misused period_stream "--keys: expected a number of 1 to 65536, found '0'" --keys 0 --time ts --gap 1
misused period_stream "--keys: expected a number of 1 to 65536, found 'user'" --keys user --time ts --gap 1
misused period_stream "--emit: expected rows or periods, found 'row'" --keys 1 --time ts --gap 1 --emit row
misused period_stream '--lengths: expected with --emit rows only' --keys 1 --time ts --gap 1 --emit periods --lengths
misused period_stream '--sum: expected with --emit periods only' --keys 1 --time ts --gap 1 --sum v
misused period_stream "--max-memory: expected a size as 64K, 16M or 8G, found '1T'" --keys 1 --time ts --gap 1 --max-memory 1T
misused period_stream "expected an option and its value, found '--nonsense'" --keys 1 --time ts --gap 1 --nonsense
misused period_stream "expected an option and its value, found '--time'" --keys 1 --gap 1 --time
misused period_stream "expected options only, found 'ts'" --keys 1 --time ts --gap 1 ts
misused period_stream "expected an option that exists, found '--sql': the program saltwell_sql writes statements" --sql --table t --keys k
misused period_stream "expected an option and its value, found '--table'" --keys 1 --time ts --gap 1 --table t
misused period_stream "expected an option and its value, found '--shards'" --keys 1 --time ts --gap 1 --shards 2
misused merge_partials 'expected --keys, found none' --op v=sum
ops='--op: expected NAME=OP or OUT=OP(NAME) with an OP of sum, min, max, any, last, count, moments, exact, exact_state or activity'
for op in v 'v=avg' 'n=avg(v)' 'n=exact()' 'n=exact)' 'exact(v)' ')'; do
    misused merge_partials "$ops, found '$op'" --keys 1 --op "$op"
done
misused merge_partials "--op: expected names that differ, found 'v' twice" --keys 1 --op v=min --op 'v=max(w)'
most='merge_partials: --op: expected at most 256, below 512 bytes each'
run "$BUILD/bin/merge_partials" --keys 1 --op "$(printf '%0600d' 0)=min" </dev/null
check_contains 'an op of 604 bytes' "$most" "$stderr"
# shellcheck disable=SC2046 # the words are options
run "$BUILD/bin/merge_partials" --keys 1 $(seq -f '--op n%g=min' 257) </dev/null
check_contains '257 ops' "$most" "$stderr"
misused period_stream '--exact: expected with --emit periods only' --keys 1 --time ts --gap 1 --exact v
misused merge_partials "expected an option that exists, found '--sql': the program saltwell_sql writes statements" --keys 1 --sql
misused merge_partials "expected options only, found 'k'" --keys 1 -- k
misused saltwell_sql "expected period_stream or merge_partials first, found ''"
misused saltwell_sql "expected period_stream or merge_partials first, found '--table'" --table t merge_partials --keys k
misused saltwell_sql 'expected --table, found none' period_stream --keys k --time ts --gap 1
misused saltwell_sql 'expected --keys, --time and --gap, found no --time' period_stream --table t --keys k --gap 1
misused saltwell_sql 'expected --keys, found none' merge_partials --table t
misused saltwell_sql "expected an option and its value, found '--time'" merge_partials --table t --keys k --time ts
misused saltwell_sql "--shards: expected a number of 1 to 65536, found '0'" merge_partials --table t --keys k --shards 0

# Help and version are asked for by one word alone.
for program in period_stream merge_partials; do
    run "$BUILD/bin/$program" --help </dev/null
    check_equal "$program --help: status, and its first words" "0 usage: $program" "$status $(head -c $((7 + ${#program})) "$TMPDIR/stdout")"
    run "$BUILD/bin/$program" --version </dev/null
    check_equal "$program --version: status, and its first words" "0 $program (Saltwell)" "$status $(head -c $((11 + ${#program})) "$TMPDIR/stdout")"
    misused "$program" "expected an option and its value, found '--help'" --help --keys 1
    misused "$program" "expected an option and its value, found '--version'" --version --keys 1
    misused "$program" 'expected --keys'
done

# An empty input is an empty output, whatever the columns would have been.
for command in 'period_stream --keys 1 --time ts --gap 1' 'period_stream --keys 1 --time ts --gap 1 --lengths' \
    'period_stream --keys 1 --time ts --gap 1 --emit periods --sum v' 'merge_partials --keys 1'; do
    # shellcheck disable=SC2086 # a command and its words
    run "$BUILD"/bin/$command </dev/null
    check_equal "$command, no input: status" "0 " "$status $stderr"
    check_equal "$command, no input: output" '' "$(hex <"$TMPDIR/stdout")"
done

# sorted_block: two columns, two rows.
sorted_block() {
    dimensions 2 2
    column k UInt64
    le 8 1 1
    column ts UInt32
    le 4 10 20
}

# Any cut of the input inside a block is an error, and the blocks before it have gone out.
sorted_block >"$TMPDIR/block"
block_bytes=$(wc -c <"$TMPDIR/block")
cut=1 missed=
while [ "$cut" -lt "$block_bytes" ]; do
    { cat "$TMPDIR/block" && head -c "$cut" "$TMPDIR/block"; } >"$TMPDIR/in"
    run "$BUILD/bin/period_stream" --keys 1 --time ts --gap 10 <"$TMPDIR/in"
    case "$status $stderr" in
    '1 period_stream: '*'truncated input'*) ;;
    *) missed="$missed $cut:$status:$stderr" ;;
    esac
    cut=$((cut + 1))
done
check_equal 'truncated input at every byte' '' "$missed"
run "$BUILD/bin/merge_partials" --keys 1 <"$TMPDIR/in"
check_contains 'merge_partials: truncated input' 'merge_partials: ' "$stderr"
check_contains 'merge_partials: truncated input' 'truncated input' "$stderr"

# A process that fails reads its input to the end: a server that still writes must not see a broken pipe.
{
    cat "$TMPDIR/block" "$TMPDIR/block"
    head -c 3000000 /dev/zero
} >"$TMPDIR/in"
status=$( (
    cat "$TMPDIR/in"
    echo $? >"$TMPDIR/writer"
) | "$BUILD/bin/period_stream" --keys 1 --time ts --gap 10 >"$TMPDIR/out" 2>"$TMPDIR/err"; echo $?)
check_equal 'unsorted: status of the program and of what writes to it' '1 0' "$status $(cat "$TMPDIR/writer")"
check_contains 'unsorted, cut after a block: message' \
    'row 3, key (1): --time ts: expected times in ascending order, found 10 after 20' "$(cat "$TMPDIR/err")"

# A block that does not fit the memory is an error that names the open key.
{
    sorted_block
    dimensions 2 2
    column k UInt64
    le 8 1 1
    column ts UInt32
    le 4 20 30
    dimensions 2 8000000
    column k UInt64
    head -c 64000000 /dev/zero
} >"$TMPDIR/in"
run "$BUILD/bin/period_stream" --keys 1 --time ts --gap 100 --max-memory 16M <"$TMPDIR/in"
check_equal 'a block beyond --max-memory: status' 1 "$status"
check_contains 'a block beyond --max-memory: where' 'period_stream: row 5, key (1): ' "$stderr"
check_contains 'a block beyond --max-memory: reason' 'out of memory: ' "$stderr"

# saltwell_sql: all types of a description on one line each, spaces escaped, options passed on.
describe() {
    printf 'ts\t%s\t\t\t\t\t\n' "DateTime(\\'UTC\\')"
    printf 'user\tLowCardinality(Nullable(String))\t\t\t\t\t\n'
    printf 'state\tTuple(\\n    n UInt64,\\n    mean Float64,\\n    m2 Float64)\t\t\t\t\t\n'
    printf 'b c\tString\t\t\t\t\t\n'
    printf 'gone\tUInt8\tEPHEMERAL\t\t\t\t\n'
}
describe >"$TMPDIR/description"
run "$BUILD/bin/saltwell_sql" merge_partials --table t --keys user --op ts=max --max-memory 64M --shards 2 <"$TMPDIR/description"
check_equal 'saltwell_sql merge_partials: status' '0 ' "$status $stderr"
sql=$(cat "$TMPDIR/stdout")
check_contains 'saltwell_sql merge_partials: the command' "'merge_partials --keys 1 --op ts=max --max-memory 67108864 --heartbeat'" "$sql"
check_contains 'saltwell_sql merge_partials: the structure' \
    "'user LowCardinality(Nullable(String)), ts DateTime(\\'UTC\\'), state Tuple(n UInt64, mean Float64, m2 Float64), \`b c\` String'" "$sql"
check_contains 'saltwell_sql merge_partials: the settings' "SETTINGS stderr_reaction = 'throw', command_read_timeout = 600000, command_write_timeout = 60000)" "$sql"
check_contains 'saltwell_sql merge_partials: the shards' 'WHERE cityHash64(tuple(user), 1) % 2 = 1 ORDER BY user' "$sql"
{ describe && seq -f 'column%g	UInt8					' 10000; } >"$TMPDIR/wide"
run "$BUILD/bin/saltwell_sql" merge_partials --table t --keys user --op ts=max <"$TMPDIR/wide"
check_contains 'saltwell_sql merge_partials: a table of ten thousand columns' \
    "state Tuple(n UInt64, mean Float64, m2 Float64), \`b c\` String, column1 UInt8," "$(cat "$TMPDIR/stdout")"
check_contains 'saltwell_sql merge_partials: the last of them' ', column10000 UInt8' "$(cat "$TMPDIR/stdout")"
run "$BUILD/bin/saltwell_sql" period_stream --table t --keys user --time 'b c' --gap 1 <"$TMPDIR/description"
check_contains 'saltwell_sql period_stream: a name with a space' "'period_stream --keys 1 --time b\\\\ c --gap 1 --heartbeat'" "$(cat "$TMPDIR/stdout")"
run "$BUILD/bin/saltwell_sql" period_stream --table t --keys user,user --time ts --gap 1 <"$TMPDIR/description"
check_contains 'saltwell_sql period_stream: a key twice' "--keys: expected 'user' once" "$stderr"
run "$BUILD/bin/saltwell_sql" period_stream --table t --keys host --time ts --gap 1 <"$TMPDIR/description"
check_contains 'saltwell_sql period_stream: no such key' "--keys: expected a column of the table, found 'host'" "$stderr"
run "$BUILD/bin/saltwell_sql" merge_partials --table t --keys user <"$TMPDIR/description"
check_contains 'saltwell_sql merge_partials: a column that does not merge' "column 'ts': type DateTime('UTC') has no merge" "$stderr"
run "$BUILD/bin/saltwell_sql" period_stream --table t --keys user --time ts --gap 1 </dev/null
check_contains 'saltwell_sql period_stream: no description' 'found nothing' "$stderr"

if [ ! -x "$engine" ]; then
    not_ok 'the engine' "expected its launcher at $engine, found none: build it first"
    exit 1
fi

# fails NAME FRAGMENT COMMAND STRUCTURE SELECT: through the server, with its default settings and ours.
fails() {
    for settings in '' ", $safe"; do
        run "$engine" --query "SELECT * FROM executable('$3', Native, '$4', ($5)$settings) FORMAT Null" </dev/null
        check_equal "$1: fails${settings:+ with our settings}" yes "$([ "$status" -ne 0 ] && echo yes)"
        # The server may show either of the two: the poisoned block or standard error.
        check_contains "$1: reason${settings:+ with our settings}" "$2" "$stderr"
    done
}

events='SELECT intDiv(number, 10) AS k, toUInt32(number) AS ts FROM numbers(30)'
structure="k UInt64, ts UInt32, $rows_columns"
fails 'unsorted time' 'period_stream: row 12, key (1): --time ts: expected times in ascending order, found 9 after 10' \
    'period_stream --keys 1 --time ts --gap 5' "$structure" \
    "SELECT intDiv(number, 10) AS k, toUInt32(if(number = 11, 9, number)) AS ts FROM numbers(30)"
fails 'unsorted time in a later block' 'row 150001, key (0): --time ts: expected times in ascending order, found 3 after 149999' \
    'period_stream --keys 1 --time ts --gap 5' "$structure" \
    "SELECT 0::UInt64 AS k, toUInt32(if(number = 150000, 3, number)) AS ts FROM numbers(300000)"
fails 'unsorted key' "period_stream: row 21, key ('b'): expected keys in ascending order (or --keys-unordered), found key ('a') after key ('b')" \
    'period_stream --keys 1 --time ts --gap 5' "k String, ts UInt32, $rows_columns" \
    "SELECT ['a', 'b', 'a'][intDiv(number, 10) + 1] AS k, toUInt32(number) AS ts FROM numbers(30)"
# Long keys are cut, so that a message has room for all that it names, and quickly.
long_keys() {
    dimensions 2 2
    column k String
    for letter in b a; do
        varuint "$1"
        head -c "$1" /dev/zero | tr '\0' $letter
    done
    column ts UInt32
    le 4 1 1
}
for bytes in 300 40000000; do
    long_keys $bytes >"$TMPDIR/in"
    run timeout 5 "$BUILD/bin/period_stream" --keys 1 --time ts --gap 10 <"$TMPDIR/in"
    check_equal "keys of $bytes bytes: status" 1 "$status"
    for part in "row 2, key ('bbb" "found key ('aaa" "after key ('bbb"; do
        check_contains "keys of $bytes bytes: message" "$part" "$stderr"
    done
done
rm "$TMPDIR/in"

fails 'merge_partials: unsorted key' 'merge_partials: row 4, key (9): expected keys in ascending order (or --keys-unordered), found key (7) after key (9)' \
    'merge_partials --keys 1' 'k UInt8, v UInt64' "SELECT arrayJoin([1, 1, 9, 7])::UInt8 AS k, 1::UInt64 AS v"
fails 'unknown time' "--time: expected the name of a column, found 'when' (there are 'k', 'ts')" \
    'period_stream --keys 1 --time when --gap 5' "$structure" "$events"
# Numbers, as the wire has them, that are no times.
for value in "toIPv4('10.0.0.1')" true "CAST('a', 'Enum8(\'a\' = 1)')" "toIntervalDay(1)" "1.5::Decimal(9, 1)"; do
    fails "a time of $value" '--time: expected column '"'ts'"' of an integer, date or time type, found ' \
        'period_stream --keys 1 --time ts --gap 5' "$structure" "SELECT 1::UInt64 AS k, $value AS ts"
done
fails 'unknown restart' "--restart: expected the name of a column, found 'new'" \
    'period_stream --keys 1 --time ts --gap 5 --restart new' "$structure" "$events"
fails 'unknown sum' "--sum: expected the name of a column, found 'v'" \
    'period_stream --keys 1 --time ts --gap 5 --emit periods --sum v' 'k UInt64, v_sum UInt64' "$events"
fails 'unknown op' "--op: expected the name of a column, found 'v'" \
    'merge_partials --keys 1 --op v=max' 'k UInt64, ts UInt32' "$events"
fails 'op of the key' '--op k: expected a column after the key' \
    'merge_partials --keys 1 --op k=max' 'k UInt64, ts UInt32' "$events"
fails 'time of a wrong type' "--time: expected column 'ts' of an integer, date or time type, found Nullable(UInt32)" \
    'period_stream --keys 1 --time ts --gap 5' "k UInt64, ts Nullable(UInt32), $rows_columns" \
    'SELECT number AS k, toNullable(toUInt32(1)) AS ts FROM numbers(3)'
for type in String Float64 'Decimal(9, 2)' UInt128; do
    fails "time of type $type" "--time: expected column 'ts' of an integer, date or time type, found $type" \
        'period_stream --keys 1 --time ts --gap 5' "k UInt64, ts $type, $rows_columns" \
        "SELECT number AS k, CAST(1, '$type') AS ts FROM numbers(3)"
done
for type in UInt16 Int8; do
    fails "restart of type $type" "--restart: expected column 'r' of type UInt8 or Bool, found $type" \
        'period_stream --keys 1 --time ts --gap 5 --restart r' "k UInt64, ts UInt32, r $type, $rows_columns" \
        "SELECT number AS k, toUInt32(1) AS ts, 1::$type AS r FROM numbers(3)"
done
for name in period_id period_number is_first_in_period; do
    fails "input has $name" "expected no column '$name' in the input: it is one of the output" \
        'period_stream --keys 1 --time ts --gap 5' "$structure" \
        "SELECT number AS k, toUInt32(1) AS ts, 1 AS $name FROM numbers(3)"
done
for name in period_length unique_period_length period_first period_last; do
    fails "input has $name" "expected no column '$name' in the input: it is one of the output" \
        'period_stream --keys 1 --time ts --gap 5 --lengths' "$structure" \
        "SELECT number AS k, toUInt32(1) AS ts, 1 AS $name FROM numbers(3)"
done
fails 'more keys than columns' '--keys 3: expected at least so many columns, found 2' \
    'period_stream --keys 3 --time ts --gap 5' "$structure" "$events"
fails 'merge_partials: keys only' '--keys 2: expected more columns than that, found 2' \
    'merge_partials --keys 2' 'k UInt64, ts UInt32' "$events"
fails 'wrong usage' "period_stream: expected an option and its value, found '--gab'" \
    'period_stream --keys 1 --time ts --gab 5' "$structure" "$events"
fails 'wrong usage before a long input' "merge_partials: $ops, found 'x=avg'" \
    'merge_partials --keys 1 --op x=avg' 'k UInt64' 'SELECT number AS k FROM numbers(3000000)'

# Sums that do not fit.
fails 'sum above UInt64' "merge_partials: row 2, key (1): column 'v': expected a sum that fits UInt64, found one that overflows" \
    'merge_partials --keys 1' 'k UInt8, v UInt64' "SELECT 1::UInt8 AS k, 18446744073709551615 AS v FROM numbers(2)"
fails 'sum above UInt8' "column 'v': expected a sum that fits UInt8, found one that overflows" \
    'merge_partials --keys 1' 'k UInt8, v UInt8' "SELECT 1::UInt8 AS k, 128::UInt8 AS v FROM numbers(2)"
fails 'sum below Int64' "column 'v': expected a sum that fits Nullable(Int64), found one that overflows" \
    'merge_partials --keys 1' 'k UInt8, v Nullable(Int64)' "SELECT 1::UInt8 AS k, toNullable(toInt64('-9223372036854775808')) AS v FROM numbers(2)"
fails 'sum above Int128' "column 'v': expected a sum that fits Int128, found one that overflows" \
    'merge_partials --keys 1' 'k UInt8, v Int128' "SELECT 1::UInt8 AS k, toInt128('170141183460469231731687303715884105727') AS v FROM numbers(2)"
fails 'period sum above UInt64' "expected a sum that fits UInt64, found one that overflows" \
    'period_stream --keys 1 --time ts --gap 5 --emit periods --sum v' 'k UInt8, v_sum UInt64' \
    "SELECT 1::UInt8 AS k, 1::UInt32 AS ts, 18446744073709551615 AS v FROM numbers(2)"

# States.
fails 'invalid Welford state' "merge_partials: row 1, key (1): column 'm': " \
    'merge_partials --keys 1' 'k UInt8, m Tuple(n UInt64, mean Float64, m2 Float64)' \
    "SELECT 1::UInt8 AS k, CAST((2, 1, -1), 'Tuple(n UInt64, mean Float64, m2 Float64)') AS m FROM numbers(2)"
fails 'blobs of two kinds' "merge_partials: row 1, key (1): column 's': " \
    'merge_partials --keys 1' 'k UInt8, s String' \
    "SELECT 1::UInt8 AS k, arrayJoin([activityState([1, 2]), exactState([1., 2.])]) AS s"
fails 'a String that is no blob' "merge_partials: row 1, key (1): column 's': " \
    'merge_partials --keys 1' 'k UInt8, s String' "SELECT 1::UInt8 AS k, 'plain text' AS s"
fails 'a blob with a flipped bit' "merge_partials: row 1, key (1): column 's': " \
    'merge_partials --keys 1' 'k UInt8, s String' \
    "SELECT 1::UInt8 AS k, concat(substring(exactState([1., 2.]) AS s0, 1, length(s0) - 1), char(bitXor(ascii(substring(s0, -1)), 1))) AS s"
fails 'a type without a merge' "column 'd': type Date has no merge of its own: expected --op d=min, max, any or last" \
    'merge_partials --keys 1' 'k UInt8, d Date' 'SELECT 1::UInt8 AS k, today() AS d'

# What cannot be carried is refused by name.
for type in Dynamic 'AggregateFunction(quantile, UInt64)'; do
    value=$([ "$type" = Dynamic ] && echo 'number::Dynamic' || echo "arrayReduce('quantileState', [number])")
    fails "payload of type $type" "'v'" 'period_stream --keys 1 --time ts --gap 5' "$structure" \
        "SELECT number AS k, 1::UInt32 AS ts, $value AS v FROM numbers(3)"
    check_contains "payload of type $type: named" "$type" "$stderr"
done
