#!/bin/sh
# tests/fuzz/capture.sh: writes the seeds of the targets of whole executables anew: what the embedded ClickHouse
# sends to each function and, with each set of options, to each table function, in every form that its protocol
# has had. A file's first byte is the number that chooses the command (fuzz_run_*.c).
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/server.sh"

plugins=$TMPDIR/plugins out=$ROOT/tests/fuzz/corpus
mkdir -p "$plugins"
cp -r "$BUILD/bin" "$BUILD/xml" "$BUILD/user_defined" "$plugins"
printf '#!/bin/sh\nexec cat >"%s/$1"\n' "$TMPDIR" >"$plugins/bin/capture"
chmod +x "$plugins/bin/capture"
test_server captures --all-files --plugins "$plugins"

# capture EXECUTABLE NUMBER NAME QUERY
capture() {
    mkdir -p "$out/run_$1"
    for revision in 0 1 54405 54454 54480; do
        rm -f "$TMPDIR/block"
        curl -s -m 10 "http://127.0.0.1:$http/?client_protocol_version=$revision&max_block_size=4" \
            --data-binary "SELECT * FROM executable('capture block', Native, 'x UInt8', ($4), SETTINGS check_exit_code = 1)"
        { bytes "$(printf %02x "$2")" && cat "$TMPDIR/block"; } >"$out/run_$1/$3-$revision"
    done
}

rows='FROM (SELECT number AS n, arrayMap(i -> toInt64(i * i % 97), range(number * 3)) AS times, arrayMap(t -> t / 8, times) AS values,
    activityState(times) AS activity, exactState(values) AS exact, welfordState(values) AS moments FROM numbers(6))'
rules="toInt64(10) AS gap, toInt64(25) AS max_span"
number=0
for function in periodNumbers periodIds firstInPeriod periodLengths uniquePeriodLengths periods periodRows; do
    case $function in
    periodIds | periods | periodRows) columns='n AS key, times' ;;
    *) columns='times' ;;
    esac
    capture periods $number $function "SELECT $columns, $rules $rows"
    number=$((number + 1))
done
capture periods 0 widened "SELECT arrayMap(t -> toDateTime(t), times) AS times, 10 AS gap, toNullable(toUInt16(25)) AS max_span $rows"

capture activity 0 activityState "SELECT times $rows"
capture activity 1 activityMerge "SELECT [activity, '', activityState([toInt64(n)])] AS states $rows"
capture activity 2 activityPeriods "SELECT n AS key, activity AS state, $rules $rows"
capture activity 3 activityEvents "SELECT activity AS state $rows"
capture activity 3 long "SELECT activityState(arrayMap(i -> toInt64(i * i), range(300))) AS state"

capture welford 0 welfordState "SELECT values $rows"
capture welford 1 welfordMerge "SELECT [moments, (n + 2, 1., 2.), (0, 0., 0.)]::Array(Tuple(n UInt64, mean Float64, m2 Float64)) AS states $rows"
capture welford 2 welfordToAggregate "SELECT moments AS state $rows"
capture welford 3 welfordFromAggregate "SELECT arrayReduce('varSampStableState', values) AS state $rows"
capture welford 0 widened "SELECT arrayMap(t -> toNullable(t)::LowCardinality(Nullable(Int8)), times) AS values $rows SETTINGS allow_suspicious_low_cardinality_types = 1"

capture exact 0 exactState "SELECT values $rows"
capture exact 1 exactMerge "SELECT [exact, '', exactState([n / 3])] AS states $rows"
capture exact 2 exactMoments "SELECT exact AS state $rows"

for number in $(seq 0 8); do
    capture period_stream "$number" "options_$number" "SELECT intDiv(number, 3) AS k, toUInt32(number * number) AS t, number = 7 AS r, number / 3 AS v, toString(number) AS s FROM numbers(9)"
    capture period_stream "$number" "types_$number" "SELECT toLowCardinality(toString(intDiv(number, 4))) AS k, toDateTime64(number * 9, 3, 'UTC') AS t, (number % 5 = 3)::UInt8 AS r,
        if(number = 2, NULL, number)::Nullable(Int16) AS v, map('a', [number]) AS m, number::Variant(UInt64, String) AS x, ('a', number)::Tuple(p String, q UInt8) AS p FROM numbers(8)"
done
for number in $(seq 0 5); do
    capture merge_partials "$number" "numbers_$number" "SELECT intDiv(number, 2) AS k, number AS v, number / 3 AS w FROM numbers(7)"
    capture merge_partials "$number" "states_$number" "SELECT intDiv(n, 2) AS k, n::SimpleAggregateFunction(max, UInt64) AS v, moments AS w, activity AS a, exact AS e,
        arrayReduce('varSampStableState', values) AS g, toDecimal128(n, 3) AS d $rows"
done
for number in 0 1 2 3 4; do
    capture saltwell_sql $number "columns_$number" "SELECT arrayJoin(['k', 't', 'r', 'v', 'two words']) AS name,
        transform(name, ['k', 't', 'r', 'v'], ['String', 'DateTime(\'UTC\')', 'Bool', 'Nullable(Float64)'], 'Tuple(a Int8, b Array(String))') AS type, '' AS default_kind"
done
for number in 5 6; do
    capture saltwell_sql $number "columns_$number" "SELECT arrayJoin(['k', 'v', 'm', 'a', 'two words']) AS name,
        transform(name, ['k', 'v', 'm', 'a'], ['LowCardinality(String)', 'Int32', 'Tuple(n UInt64, mean Float64, m2 Float64)', 'AggregateFunction(varSampStable, Float64)'], 'String') AS type"
done
