-- since: 26.7 its settings
-- settings: low_cardinality_allow_in_native_format=0,1 input_format_native_allow_types_conversion=0,1 output_format_native_use_flattened_dynamic_and_json_serialization=0,1 allow_special_serialization_kinds_in_output_formats=0,1
-- Settings that change how the server writes Native, or reads it, change no answer: of a stream that passes
-- every kind of column through, sparse ones of a MergeTree among them, and of functions whose arguments
-- are sparse, LowCardinality or Nullable.
SET allow_suspicious_low_cardinality_types = 1;
CREATE TABLE stored (
    n UInt64, ts UInt32, lc LowCardinality(String), lcn LowCardinality(Nullable(String)), lcu LowCardinality(UInt32), nu Nullable(UInt16),
    v Variant(UInt8, String), t Tuple(a UInt8, b LowCardinality(String)), al Array(LowCardinality(String)), s UInt64, ss String, j JSON)
ENGINE = MergeTree ORDER BY n SETTINGS ratio_of_defaults_for_sparse_serialization = 0.0;
INSERT INTO stored SELECT number, number * 10, toString(number % 3), if(number % 4 = 0, NULL, toString(number % 2)), number % 5,
    if(number % 2 = 0, NULL, number), if(number % 2 = 0, number::UInt8::Variant(UInt8, String), 'v'::Variant(UInt8, String)), (number % 256, toString(number % 2)),
    [toString(number % 2)], if(number % 50 = 0, number, 0), if(number % 50 = 0, 'x', ''), concat('{"a": ', toString(number), ', "b": {"c": "x"}}')
FROM numbers(1000);
SELECT 'sparse columns', uniqExact(column) FROM system.parts_columns WHERE table = 'stored' AND active AND serialization_kind = 'Sparse';

SELECT 'stream', n FROM
(
    SELECT n, tuple(ts, lc, lcn, lcu, nu, toString(v), t, al, s, ss) AS r, period_number
    FROM executable('period_stream --keys 1 --time ts --gap 5', Native,
        'n UInt64, ts UInt32, lc LowCardinality(String), lcn LowCardinality(Nullable(String)), lcu LowCardinality(UInt32), nu Nullable(UInt16), v Variant(UInt8, String), t Tuple(a UInt8, b LowCardinality(String)), al Array(LowCardinality(String)), s UInt64, ss String, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
        (SELECT * EXCEPT j FROM stored ORDER BY n, ts))
) AS found
FULL JOIN (SELECT n, tuple(ts, lc, lcn, lcu, nu, toString(v), t, al, s, ss) AS r FROM stored) AS expected USING (n)
WHERE toString(found.r) != toString(expected.r) OR period_number != 1;

SELECT 'JSON', n FROM
(
    SELECT n, toString(j) AS r
    FROM executable('period_stream --keys 1 --time ts --gap 5', Native,
        'n UInt64, ts UInt32, j JSON, period_id UInt64, period_number UInt32, is_first_in_period UInt8', (SELECT n, ts, j FROM stored ORDER BY n, ts))
) AS found
FULL JOIN (SELECT n, toString(j) AS r FROM stored) AS expected USING (n)
WHERE found.r != expected.r
SETTINGS output_format_native_write_json_as_string = 1;

SELECT 'merge', lc, lcn, s, m FROM executable('merge_partials --keys 2 --op m=max', Native,
    'lc LowCardinality(String), lcn LowCardinality(Nullable(String)), s UInt64, m LowCardinality(UInt32)', (SELECT lc, lcn, s, lcu AS m FROM stored ORDER BY lc, lcn))
EXCEPT ALL SELECT 'merge', lc, lcn, sum(s), max(lcu) FROM stored GROUP BY lc, lcn;

SELECT 'periods', n FROM stored
WHERE arrayMap(p -> p.4, periods(s, [toLowCardinality(ts), toLowCardinality(ts + lcu)], toLowCardinality(2), s)) != arrayDistinct(if(lcu > 2, [ts, ts + lcu], [ts + lcu]))::Array(Int64);
SELECT 'activity', n FROM stored WHERE activityEvents(activityState([toLowCardinality(ts), ts, s])) != arraySort(if(ts = s, [(ts, 3)], [(ts, 2), (s, 1)]))::Array(Tuple(Int64, UInt64));
SELECT 'moments', lc FROM stored GROUP BY lc
HAVING welfordMerge(groupArray(welfordState([toFloat64(s), assumeNotNull(nu)]))).1 != 2 * count() OR exactMoments(exactMerge([exactState(groupArray(lcu))])).1 != count();
