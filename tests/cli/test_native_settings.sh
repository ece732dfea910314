#!/bin/sh
# The settings that change how the server writes Native, or reads it, as parameters of a query over HTTP:
# each is served, so that every function and both table functions answer as without it, or refused at once
# by its name. A setting of a newer server that is not in the lists below fails here.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"

# What is served, at other values than the default.
served='low_cardinality_allow_in_native_format=0
low_cardinality_max_dictionary_size=1&low_cardinality_use_single_dictionary_for_part=1
allow_suspicious_low_cardinality_types=1
input_format_native_allow_types_conversion=0
output_format_native_write_json_as_string=1
output_format_native_use_flattened_dynamic_and_json_serialization=1
allow_special_serialization_kinds_in_output_formats=0
enable_parsing_to_custom_serialization=0
input_format_skip_unknown_fields=0
input_format_null_as_default=0
input_format_defaults_for_omitted_fields=0
format_binary_max_string_size=1&format_binary_max_array_size=1
max_block_size=1
enable_analyzer=0
compatibility=24.8
compatibility=22.3'

# Not Native towards an executable, whatever their names say: HTTP's compression, Arrow, ORC, Parquet.
other='azure_sdk_use_native_client http_native_compression_disable_checksumming_on_decompress input_format_arrow_use_native_reader
input_format_orc_dictionary_as_low_cardinality input_format_parquet_use_native_reader input_format_parquet_use_native_reader_v3
output_format_arrow_low_cardinality_as_dictionary output_format_arrow_use_native_writer'
refused_settings='input_format_native_decode_types_in_binary_format output_format_native_encode_types_in_binary_format'

test_server settings

# sql QUERY [PARAMETERS]: the answer, or `no answer` after three seconds.
sql() {
    ask 3 "$1" "${2:-}"
}

sql "SELECT name FROM system.settings WHERE name ILIKE '%native%' OR name ILIKE '%sparse%' OR name ILIKE '%low_card%'" |
    sort >"$TMPDIR/settings"
for name in $other $refused_settings $(printf '%s' "$served" | tr '&' '\n' | sed 's/=.*//'); do
    echo "$name"
done | sort -u >"$TMPDIR/known"
check_equal 'every such setting of the server is looked at here' '' "$(comm -23 "$TMPDIR/settings" "$TMPDIR/known" | tr '\n' ' ')"

sql "CREATE TABLE stored (n UInt64, ts UInt32, lc LowCardinality(Nullable(String)), v Variant(UInt8, String), t Tuple(a UInt8, b LowCardinality(String)), s UInt64, ss Nullable(String))
    ENGINE = MergeTree ORDER BY n SETTINGS ratio_of_defaults_for_sparse_serialization = 0.0"
sql "INSERT INTO stored SELECT number, number * 10, if(number % 4 = 0, NULL, toString(number % 2)), if(number % 2 = 0, number::UInt8::Variant(UInt8, String), 'v'::Variant(UInt8, String)),
    (number, toString(number % 2)), if(number % 50 = 0, number, 0), if(number % 50 = 0, 'x', NULL) FROM numbers(100)"
check_equal 'the table has sparse columns' 1 "$(sql "SELECT countIf(serialization_kind = 'Sparse') > 0 FROM system.parts_columns WHERE table = 'stored'")"

cat >"$TMPDIR/calls" <<'SQL'
periodNumbers([1, 2, 30], 5, 0)
periodIds(7, [1, 2, 30], 5, 0)
firstInPeriod([1, 2, 30], 5, 0)
periodLengths([1, 2, 30], 5, 0)
uniquePeriodLengths([1, 2, 30], 5, 0)
periods(7, [1, 2, 30], 5, 0)
periodRows(7, [1, 2, 30], 5, 0)
activityState([1, 2, 30])
activityMerge(['', ''])
activityPeriods(7, '', 5, 0)
activityEvents('')
welfordState([1, 2])
welfordMerge([(1, 1, 0)])
welfordToAggregate((1, 1, 0))
welfordFromAggregate(arrayReduce('varSampStableState', [1.]))
exactState([1, 2])
exactMerge(['', ''])
exactMoments('')
SQL
check_equal 'every function is called' "$(cat "$ROOT"/xml/*.xml | grep -c '<function>')" "$(grep -c . "$TMPDIR/calls")"
calls=$(paste -sd, "$TMPDIR/calls")
passed="executable('period_stream --keys 1 --time ts --gap 5', Native,
    'n UInt64, ts UInt32, lc LowCardinality(Nullable(String)), v Variant(UInt8, String), t Tuple(a UInt8, b LowCardinality(String)), s UInt64, ss Nullable(String), period_id UInt64, period_number UInt32, is_first_in_period UInt8',
    (SELECT * FROM stored ORDER BY n, ts))"
merged="executable('merge_partials --keys 1 --op m=max', Native, 'lc LowCardinality(Nullable(String)), s UInt64, m Tuple(a UInt8, b LowCardinality(String))',
    (SELECT lc, s, t AS m FROM stored ORDER BY lc))"

# answers [PARAMETERS]: those of all functions, over constants and over sparse columns, and of both streams.
answers() {
    sql "SELECT hex(toString(tuple($calls)))" "${1:-}"
    sql "SELECT sum(length(periods(s, [ts, n], s, 0))), welfordState(groupArray(s)), exactMoments(exactState(groupArray(s))) FROM stored" "${1:-}"
    sql "SELECT n, ts, lc, v, t, s, ss, period_id, period_number FROM $passed ORDER BY n" "${1:-}"
    sql "SELECT lc, s, m FROM $merged ORDER BY lc" "${1:-}"
}

answers >"$TMPDIR/expected"
check_equal 'answers without a setting' 105 "$(grep -vc 'no answer\|Exception' "$TMPDIR/expected")"
sql 'SELECT n, ts, lc, v, t, s, ss FROM stored ORDER BY n' >"$TMPDIR/rows"
sed -n '3,102p' "$TMPDIR/expected" | cut -f 1-7 >"$TMPDIR/found"
check_files_equal 'the stream gives the rows of the table' "$TMPDIR/rows" "$TMPDIR/found"
for setting in $served; do
    answers "$setting" >"$TMPDIR/found"
    check_files_equal "$setting: the same answers" "$TMPDIR/expected" "$TMPDIR/found"
done

json="SELECT uniqExact(toString(j)) FROM executable('period_stream --keys 1 --time ts --gap 5', Native, 'n UInt64, ts UInt32, j JSON, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
    (SELECT n, ts, CAST(concat('{\"a\": ', toString(n), '}'), 'JSON') AS j FROM stored ORDER BY n))"
check_equal 'JSON as text' 100 "$(sql "$json" output_format_native_write_json_as_string=1)"
check_equal 'JSON as text, flattened' 100 \
    "$(sql "$json" 'output_format_native_write_json_as_string=1&output_format_native_use_flattened_dynamic_and_json_serialization=1')"
for flattened in 0 1; do
    check_contains "binary JSON, flattened = $flattened: refused by name" 'output_format_native_write_json_as_string = 1' \
        "$(sql "$json" "output_format_native_use_flattened_dynamic_and_json_serialization=$flattened")"
done

# refused PARAMETERS FRAGMENT: each function by itself, and both streams.
refused() {
    missed=
    while IFS= read -r call; do
        answer=$(sql "SELECT hex(toString($call))" "$1")
        case $answer in
        *Exception*"$2"*) ;;
        *) missed="$missed $call: $(printf '%s' "$answer" | head -c 200)" ;;
        esac
    done <"$TMPDIR/calls"
    check_equal "$1: every function refuses it" '' "$missed"
    check_contains "$1: period_stream refuses it" "$2" "$(sql "SELECT count() FROM $passed" "$1")"
    check_contains "$1: merge_partials refuses it" "$2" "$(sql "SELECT count() FROM $merged" "$1")"
}

# The first is seen in the input and refused by its name. Of the second nothing is seen there: the server
# must not take the answer for another one.
refused output_format_native_encode_types_in_binary_format=1 'output_format_native_encode_types_in_binary_format must be 0'
refused input_format_native_decode_types_in_binary_format=1 Exception
check_equal 'after all that: the same answers' "$(cat "$TMPDIR/expected")" "$(answers)"

kill -TERM "$server_pid"
wait "$server_pid"
check_equal 'the server ends' 0 $?
server_pid=
