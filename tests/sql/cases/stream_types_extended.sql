-- since: 26.5 Nullable(Tuple)
-- settings: max_block_size=7,65409 output_format_native_write_json_as_string=1
-- What merely passes through period_stream comes back as it was: Variant, Geometry, QBit, JSON as text,
-- and the states of aggregate functions. z stands behind each of them on the wire: it would be read
-- wrong if the size of a value were.
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

CREATE TABLE sent_states ENGINE = Memory AS
SELECT k, toInt64(1) AS ts,
  countState(n) AS s01,
  countIfState(n % 2) AS s02,
  sumState(toInt8(n % 9)) AS s03,
  sumState(CAST(if(k % 5 = 0, NULL, n), 'Nullable(Decimal(38, 2))')) AS s04,
  sumWithOverflowState(toUInt16(n)) AS s05,
  sumKahanState(n / 3) AS s06,
  sumCountState(if(n % 2 = 0, NULL, n)) AS s07,
  avgState(if(k % 5 = 0, NULL, toInt128(n))) AS s08,
  avgWeightedState(n / 3, toUInt32(n % 1000)) AS s09,
  minState(repeat('x', n % 300)) AS s10,
  maxState(if(k % 5 = 0, NULL, UUIDNumToString(toFixedString(leftPad(toString(n), 16, 'u'), 16))::UUID)) AS s11,
  anyState(if(k % 5 = 0, NULL, toString(n))) AS s12,
  anyLastState(toFixedString(toString(n), 4)) AS s13,
  argMinState(toString(n), toDateTime(n, 'UTC')) AS s15,
  varSampState(toFloat32(n)) AS s16,
  kurtPopState(n) AS s17,
  corrState(n, toFloat32(n % 7)) AS s18,
  covarSampStableState(n, n % 7) AS s19,
  uniqExactState(toString(n)) AS s20,
  uniqExactState(if(k % 5 = 0, NULL, n)) AS s21,
  uniqState(toString(n), n) AS s22,
  groupArrayState(toDate32(n)) AS s23,
  groupArrayState(2)(if(n % 2 = 0, NULL, repeat('x', n % 300))) AS s24,
  groupUniqArrayState(toUInt8(n % 3)) AS s25,
  groupBitXorState(toUInt32(n)) AS s26,
  minIfOrNullState(n, k % 5 = 0) AS s27,
  sumArrayState([n, 1]) AS s28,
  'end' || toString(k) AS z
FROM (SELECT intDiv(number, 3) AS k, number AS n FROM numbers(900)) GROUP BY k;

CREATE TABLE found ENGINE = Memory AS
SELECT * FROM executable('period_stream --keys 1 --time ts --gap 1', Native,
  'k UInt64, ts Int64, variant Variant(Array(LowCardinality(Nullable(String))), String, UInt64), variants Array(Variant(Array(LowCardinality(Nullable(String))), String, UInt64)), geometry Geometry, qbit QBit(Float32, 5), json JSON(a UInt64), jsons Array(JSON), pair Nullable(Tuple(UInt64, LowCardinality(Nullable(String)))), z String, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
  (SELECT * FROM sent ORDER BY k));

CREATE TABLE found_states ENGINE = Memory AS
SELECT * FROM executable('period_stream --keys 1 --time ts --gap 1', Native,
  'k UInt64, ts Int64, s01 AggregateFunction(count, UInt8), s02 AggregateFunction(countIf, UInt8), s03 AggregateFunction(sum, Int8), s04 AggregateFunction(sum, Nullable(Decimal(38, 2))), s05 AggregateFunction(sumWithOverflow, UInt16), s06 AggregateFunction(sumKahan, Float64), s07 AggregateFunction(sumCount, Nullable(UInt64)), s08 AggregateFunction(avg, Nullable(Int128)), s09 AggregateFunction(avgWeighted, Float64, UInt32), s10 AggregateFunction(min, String), s11 AggregateFunction(max, Nullable(UUID)), s12 AggregateFunction(any, Nullable(String)), s13 AggregateFunction(anyLast, FixedString(4)), s15 AggregateFunction(argMin, String, DateTime), s16 AggregateFunction(varSamp, Float32), s17 AggregateFunction(kurtPop, UInt64), s18 AggregateFunction(corr, UInt64, Float32), s19 AggregateFunction(covarSampStable, UInt64, UInt8), s20 AggregateFunction(uniqExact, String), s21 AggregateFunction(uniqExact, Nullable(UInt64)), s22 AggregateFunction(uniq, String, UInt64), s23 AggregateFunction(groupArray, Date32), s24 AggregateFunction(groupArray(2), Nullable(String)), s25 AggregateFunction(groupUniqArray, UInt8), s26 AggregateFunction(groupBitXor, UInt32), s27 AggregateFunction(minIfOrNull, UInt64, UInt8), s28 AggregateFunction(sumArray, Array(UInt64)), z String, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
  (SELECT * FROM sent_states ORDER BY k));

SELECT 'NULL', count(), countIf(v IS NULL AND z = 'end') FROM executable('period_stream --keys 1 --time ts --gap 1', Native,
  'k UInt64, ts Int64, v Nullable(UInt8), z String, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
  (SELECT number AS k, toInt64(1) AS ts, NULL AS v, 'end' AS z FROM numbers(20)));

SELECT 'rows', (SELECT count() FROM found), (SELECT count() FROM found_states);

-- Prints the keys and columns that differ.
SELECT k, c.1 AS column, c.2 AS value FROM (SELECT k, arrayJoin([('variant', ifNull(toString(variant), 'NULL')), ('variants', ifNull(toString(variants), 'NULL')), ('geometry', ifNull(toString(geometry), 'NULL')), ('qbit', ifNull(toString(qbit), 'NULL')), ('json', ifNull(toString(json), 'NULL')), ('jsons', ifNull(toString(jsons), 'NULL')), ('pair', ifNull(toString(pair), 'NULL')), ('z', z)]) AS c FROM sent)
EXCEPT ALL
SELECT k, c.1, c.2 FROM (SELECT k, arrayJoin([('variant', ifNull(toString(variant), 'NULL')), ('variants', ifNull(toString(variants), 'NULL')), ('geometry', ifNull(toString(geometry), 'NULL')), ('qbit', ifNull(toString(qbit), 'NULL')), ('json', ifNull(toString(json), 'NULL')), ('jsons', ifNull(toString(jsons), 'NULL')), ('pair', ifNull(toString(pair), 'NULL')), ('z', z)]) AS c FROM found);

SELECT k, c.1 AS column, c.2 AS value FROM (SELECT k, arrayJoin([('s01', ifNull(toString(finalizeAggregation(s01)), 'NULL')), ('s02', ifNull(toString(finalizeAggregation(s02)), 'NULL')), ('s03', ifNull(toString(finalizeAggregation(s03)), 'NULL')), ('s04', ifNull(toString(finalizeAggregation(s04)), 'NULL')), ('s05', ifNull(toString(finalizeAggregation(s05)), 'NULL')), ('s06', ifNull(toString(finalizeAggregation(s06)), 'NULL')), ('s07', ifNull(toString(finalizeAggregation(s07)), 'NULL')), ('s08', ifNull(toString(finalizeAggregation(s08)), 'NULL')), ('s09', ifNull(toString(finalizeAggregation(s09)), 'NULL')), ('s10', ifNull(toString(finalizeAggregation(s10)), 'NULL')), ('s11', ifNull(toString(finalizeAggregation(s11)), 'NULL')), ('s12', ifNull(toString(finalizeAggregation(s12)), 'NULL')), ('s13', ifNull(toString(finalizeAggregation(s13)), 'NULL')), ('s15', ifNull(toString(finalizeAggregation(s15)), 'NULL')), ('s16', ifNull(toString(finalizeAggregation(s16)), 'NULL')), ('s17', ifNull(toString(finalizeAggregation(s17)), 'NULL')), ('s18', ifNull(toString(finalizeAggregation(s18)), 'NULL')), ('s19', ifNull(toString(finalizeAggregation(s19)), 'NULL')), ('s20', ifNull(toString(finalizeAggregation(s20)), 'NULL')), ('s21', ifNull(toString(finalizeAggregation(s21)), 'NULL')), ('s22', ifNull(toString(finalizeAggregation(s22)), 'NULL')), ('s23', ifNull(toString(finalizeAggregation(s23)), 'NULL')), ('s24', ifNull(toString(finalizeAggregation(s24)), 'NULL')), ('s25', ifNull(toString(arraySort(finalizeAggregation(s25))), 'NULL')), ('s26', ifNull(toString(finalizeAggregation(s26)), 'NULL')), ('s27', ifNull(toString(finalizeAggregation(s27)), 'NULL')), ('s28', ifNull(toString(finalizeAggregation(s28)), 'NULL')), ('z', z)]) AS c FROM sent_states)
EXCEPT ALL
SELECT k, c.1, c.2 FROM (SELECT k, arrayJoin([('s01', ifNull(toString(finalizeAggregation(s01)), 'NULL')), ('s02', ifNull(toString(finalizeAggregation(s02)), 'NULL')), ('s03', ifNull(toString(finalizeAggregation(s03)), 'NULL')), ('s04', ifNull(toString(finalizeAggregation(s04)), 'NULL')), ('s05', ifNull(toString(finalizeAggregation(s05)), 'NULL')), ('s06', ifNull(toString(finalizeAggregation(s06)), 'NULL')), ('s07', ifNull(toString(finalizeAggregation(s07)), 'NULL')), ('s08', ifNull(toString(finalizeAggregation(s08)), 'NULL')), ('s09', ifNull(toString(finalizeAggregation(s09)), 'NULL')), ('s10', ifNull(toString(finalizeAggregation(s10)), 'NULL')), ('s11', ifNull(toString(finalizeAggregation(s11)), 'NULL')), ('s12', ifNull(toString(finalizeAggregation(s12)), 'NULL')), ('s13', ifNull(toString(finalizeAggregation(s13)), 'NULL')), ('s15', ifNull(toString(finalizeAggregation(s15)), 'NULL')), ('s16', ifNull(toString(finalizeAggregation(s16)), 'NULL')), ('s17', ifNull(toString(finalizeAggregation(s17)), 'NULL')), ('s18', ifNull(toString(finalizeAggregation(s18)), 'NULL')), ('s19', ifNull(toString(finalizeAggregation(s19)), 'NULL')), ('s20', ifNull(toString(finalizeAggregation(s20)), 'NULL')), ('s21', ifNull(toString(finalizeAggregation(s21)), 'NULL')), ('s22', ifNull(toString(finalizeAggregation(s22)), 'NULL')), ('s23', ifNull(toString(finalizeAggregation(s23)), 'NULL')), ('s24', ifNull(toString(finalizeAggregation(s24)), 'NULL')), ('s25', ifNull(toString(arraySort(finalizeAggregation(s25))), 'NULL')), ('s26', ifNull(toString(finalizeAggregation(s26)), 'NULL')), ('s27', ifNull(toString(finalizeAggregation(s27)), 'NULL')), ('s28', ifNull(toString(finalizeAggregation(s28)), 'NULL')), ('z', z)]) AS c FROM found_states);

-- The states' bytes, without the sets: the server writes those in another order once it has read them.
SELECT k, [hex(CAST(s01, 'String')), hex(CAST(s02, 'String')), hex(CAST(s03, 'String')), hex(CAST(s04, 'String')), hex(CAST(s05, 'String')), hex(CAST(s06, 'String')), hex(CAST(s07, 'String')), hex(CAST(s08, 'String')), hex(CAST(s09, 'String')), hex(CAST(s10, 'String')), hex(CAST(s11, 'String')), hex(CAST(s12, 'String')), hex(CAST(s13, 'String')), hex(CAST(s15, 'String')), hex(CAST(s16, 'String')), hex(CAST(s17, 'String')), hex(CAST(s18, 'String')), hex(CAST(s19, 'String')), hex(CAST(s23, 'String')), hex(CAST(s24, 'String')), hex(CAST(s26, 'String')), hex(CAST(s27, 'String')), hex(CAST(s28, 'String'))] AS states FROM sent_states
EXCEPT ALL
SELECT k, [hex(CAST(s01, 'String')), hex(CAST(s02, 'String')), hex(CAST(s03, 'String')), hex(CAST(s04, 'String')), hex(CAST(s05, 'String')), hex(CAST(s06, 'String')), hex(CAST(s07, 'String')), hex(CAST(s08, 'String')), hex(CAST(s09, 'String')), hex(CAST(s10, 'String')), hex(CAST(s11, 'String')), hex(CAST(s12, 'String')), hex(CAST(s13, 'String')), hex(CAST(s15, 'String')), hex(CAST(s16, 'String')), hex(CAST(s17, 'String')), hex(CAST(s18, 'String')), hex(CAST(s19, 'String')), hex(CAST(s23, 'String')), hex(CAST(s24, 'String')), hex(CAST(s26, 'String')), hex(CAST(s27, 'String')), hex(CAST(s28, 'String'))] FROM found_states;
