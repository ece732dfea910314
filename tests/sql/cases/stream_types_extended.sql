-- since: 26.5 Nullable(Tuple)
-- settings: max_block_size=7,65409 output_format_native_write_json_as_string=1
-- What merely passes through period_stream comes back as it was: Variant, Geometry, QBit, JSON as text,
-- and states as Strings. z comes after each of them on the wire: it would be read wrong if the size
-- of a value were.
SET enable_analyzer = 1, allow_suspicious_low_cardinality_types = 1, allow_experimental_nullable_tuple_type = 1;

CREATE TABLE sent ENGINE = Memory AS
SELECT k, toInt64(1) AS ts,
  multiIf(k % 4 = 0, CAST(NULL, 'Variant(Array(LowCardinality(Nullable(String))), String, UInt64)'), k % 4 = 1, CAST(toString(k), 'Variant(Array(LowCardinality(Nullable(String))), String, UInt64)'), k % 4 = 2, CAST(k, 'Variant(Array(LowCardinality(Nullable(String))), String, UInt64)'), CAST(CAST([toString(k), NULL], 'Array(LowCardinality(Nullable(String)))'), 'Variant(Array(LowCardinality(Nullable(String))), String, UInt64)')) AS variant,
  arrayMap(x -> if(x % 2 = 0, CAST(toUInt64(x), 'Variant(Array(LowCardinality(Nullable(String))), String, UInt64)'), CAST(toString(x), 'Variant(Array(LowCardinality(Nullable(String))), String, UInt64)')), range(k % 4)) AS variants,
  if(k % 2 = 0, CAST(CAST((k, 1.5), 'Point'), 'Geometry'), CAST(CAST([[(k, 1.), (2., 3.)]], 'Polygon'), 'Geometry')) AS geometry,
  CAST([k, 1, 2, 3, 4], 'QBit(Float32, 5)') AS qbit,
  CAST(concat('{"a":', toString(k), if(k % 3 = 0, '', ',"b":[1,"x"]'), '}'), 'JSON(a UInt64)') AS json,
  arrayMap(x -> CAST(concat('{"b":', toString(x), '}'), 'JSON'), range(k % 3)) AS jsons,
  CAST(if(k % 3 = 0, NULL, (k, toString(k))), 'Nullable(Tuple(UInt64, LowCardinality(Nullable(String))))') AS pair,
  'end' || toString(k) AS z
FROM (SELECT number AS k FROM numbers(500));

CREATE TABLE found ENGINE = Memory AS
SELECT * FROM executable('period_stream --keys 1 --time ts --gap 1', Native,
  'k UInt64, ts Int64, variant Variant(Array(LowCardinality(Nullable(String))), String, UInt64), variants Array(Variant(Array(LowCardinality(Nullable(String))), String, UInt64)), geometry Geometry, qbit QBit(Float32, 5), json JSON(a UInt64), jsons Array(JSON), pair Nullable(Tuple(UInt64, LowCardinality(Nullable(String)))), z String, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
  (SELECT * FROM sent ORDER BY k));

SELECT 'NULL', count(), countIf(v IS NULL AND z = 'end') FROM executable('period_stream --keys 1 --time ts --gap 1', Native,
  'k UInt64, ts Int64, v Nullable(UInt8), z String, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
  (SELECT number AS k, toInt64(1) AS ts, NULL AS v, 'end' AS z FROM numbers(20)));

SELECT 'rows', (SELECT count() FROM found);

-- Prints the keys and columns that differ.
SELECT k, c.1 AS column, c.2 AS value FROM (SELECT k, arrayJoin([('variant', ifNull(toString(variant), 'NULL')), ('variants', ifNull(toString(variants), 'NULL')), ('geometry', ifNull(toString(geometry), 'NULL')), ('qbit', ifNull(toString(qbit), 'NULL')), ('json', ifNull(toString(json), 'NULL')), ('jsons', ifNull(toString(jsons), 'NULL')), ('pair', ifNull(toString(pair), 'NULL')), ('z', z)]) AS c FROM sent)
EXCEPT ALL
SELECT k, c.1, c.2 FROM (SELECT k, arrayJoin([('variant', ifNull(toString(variant), 'NULL')), ('variants', ifNull(toString(variants), 'NULL')), ('geometry', ifNull(toString(geometry), 'NULL')), ('qbit', ifNull(toString(qbit), 'NULL')), ('json', ifNull(toString(json), 'NULL')), ('jsons', ifNull(toString(jsons), 'NULL')), ('pair', ifNull(toString(pair), 'NULL')), ('z', z)]) AS c FROM found);

-- A state of an aggregate function passes through as a String, and is a state again after it.
SELECT 'states', count(), sum(finalizeAggregation(CAST(u, 'AggregateFunction(uniq, UInt64)'))), uniqMerge(CAST(u, 'AggregateFunction(uniq, UInt64)')),
  quantileExactMerge(CAST(m, 'AggregateFunction(quantileExact, UInt64)'))
FROM executable('period_stream --keys 1 --time ts --gap 1', Native,
  'k UInt64, ts Int64, u String, m String, z String, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
  (SELECT k, toInt64(1) AS ts, CAST(uniqState(n), 'String') AS u, CAST(quantileExactState(n), 'String') AS m, 'end' AS z
   FROM (SELECT intDiv(number, 3) AS k, number AS n FROM numbers(900)) GROUP BY k ORDER BY k));
