-- settings: max_threads=1,4 max_block_size=1,65409
-- Arguments in types that are not the declared ones: a server of 26.7 casts them, an older one sends them
-- as they are. The values are the same.
SELECT 'Int64 from', of, activityEvents(state) FROM (SELECT arrayJoin([
  ('UInt8', activityState([7, 255])),
  ('UInt16', activityState([7, 65535])),
  ('UInt32', activityState([7, 4294967295])),
  ('UInt64', activityState([toUInt64(7), 9223372036854775807])),
  ('Int8', activityState([-7, 7])),
  ('Int16', activityState([-32768, 7])),
  ('Int32', activityState([-2147483648, 7])),
  ('UInt128', activityState([toUInt128(7)])),
  ('Int128', activityState([toInt128(-7), toInt128('-9223372036854775808')])),
  ('UInt256', activityState([toUInt256('9223372036854775807')])),
  ('Int256', activityState([toInt256(-7)])),
  ('Bool', activityState([true, false])),
  ('Enum8', activityState([CAST('a', 'Enum8(\'a\' = -3)')])),
  ('Enum16', activityState([CAST('a', 'Enum16(\'a\' = -300)')])),
  ('Date', activityState([toDate('2020-01-01')])),
  ('Date32', activityState([toDate32('1930-01-01')])),
  ('DateTime', activityState([toDateTime('2020-01-01 00:00:00', 'UTC')])),
  ('DateTime64', activityState([toDateTime64('2020-01-01 00:00:00.789', 3, 'UTC')])),
  ('DateTime64 before 1970', activityState([toDateTime64('1930-01-01 00:00:00.789', 3, 'UTC'), toDateTime64('1969-12-31 23:59:59.500', 3, 'UTC')])),
  ('Decimal', activityState([toDecimal32(7.25, 2), toDecimal32(-7.75, 2)])),
  ('Decimal128', activityState([toDecimal128('9223372036854775807.9', 2)])),
  ('Float64', activityState([1., -0., -9223372036854775808.])),
  ('Float32', activityState([toFloat32(16777216)])),
  ('Nullable', activityState([toNullable(7), 8])),
  ('LowCardinality', activityState([toLowCardinality('2020-01-01'::Date), toDate('2020-01-02')])),
  ('nothing', activityState([]))]) AS pair, pair.1 AS of, pair.2 AS state) ORDER BY of;

SELECT 'Float64 from', of, state FROM (SELECT arrayJoin([
  ('UInt8', welfordState([1, 2])),
  ('Int8', welfordState([-1, 2])),
  ('UInt64', welfordState([toUInt64('18446744073709549568')])),
  ('Int64', welfordState([toInt64('-9223372036854775808')])),
  ('UInt256', welfordState([toUInt256('340282366920938463463374607431768211456')])),
  ('Float32', welfordState([toFloat32(0.1)])),
  ('Float32, no numbers', welfordState([toFloat32(nan), toFloat32(inf)])),
  ('a denormal Float32', welfordState([toFloat32(1e-42)])),
  ('Decimal', welfordState([toDecimal32(7.25, 2), toDecimal64(0.1, 1)])),
  ('Date', welfordState([toDate('2020-01-01')])),
  ('DateTime64', welfordState([toDateTime64('2020-01-01 00:00:00.5', 3, 'UTC')])),
  ('Bool', welfordState([true])),
  ('Nullable', welfordState([1, toNullable(2.5)])),
  ('LowCardinality', welfordState([toLowCardinality(1), 3])),
  ('nothing', welfordState([]))]) AS pair, pair.1 AS of, pair.2 AS state) ORDER BY of;

SELECT 'UInt64 from', of, ids FROM (SELECT arrayJoin([
  ('UInt8', periodIds(7, [1], 1, 0)),
  ('Int64', periodIds(toInt64(7), [1], 1, 0)),
  ('UInt128', periodIds(toUInt128(7), [1], 1, 0)),
  ('Float64', periodIds(7., [1], 1, 0)),
  ('Decimal', periodIds(toDecimal64(7.9, 1), [1], 1, 0)),
  ('Nullable', periodIds(toNullable(7), [1], toNullable(1), 0)),
  ('LowCardinality', periodIds(toLowCardinality(7), [1], toLowCardinality(1), 0)),
  ('IPv4', periodIds(toIPv4('0.0.0.7'), [1], 1, 0))]) AS pair, pair.1 AS of, pair.2 AS ids) ORDER BY of;

-- Tuples without names, with other names' order, of literals; histories of FixedString.
SELECT welfordMerge([(1, 2, 0), (1, 3.5, 0)]), welfordMerge([(2, 2, 2)]), welfordMerge([]),
  welfordMerge([CAST((5, 3, 2), 'Tuple(m2 Float32, n UInt8, mean Int16)')]),
  welfordFromAggregate(welfordToAggregate((2, 1, 2)));
SELECT activityEvents(activityMerge([toFixedString(activityState([1, 2]), 42)])),
  activityEvents(toLowCardinality(activityState([1, 2]))), activityEvents(toNullable(activityState([1, 2]))),
  exactMoments(exactMerge([toFixedString(exactState([1, 2]), 90)]));

-- Columns, rows by the thousand; ticks are sums, so that a wrong one shows.
SELECT 'columns', sum(arraySum(arrayMap(e -> e.1 * e.2, events))), sum(length(events)) FROM (
  SELECT activityEvents(activityState(groupArray(ts))) AS events
  FROM (SELECT number % 100 AS user, toDateTime(1577836800 + sipHash64(number) % 1000000, 'UTC') AS ts FROM numbers(10000))
  GROUP BY user);
SELECT 'decimals', hex(sum(cityHash64(exactState(values)))) FROM (
  SELECT groupArray(value) AS values
  FROM (SELECT number % 100 AS key, toDecimal128(toInt64(sipHash64(number)), 5) + toDecimal128(toInt64(sipHash64(number, 1)), 5) / 7 AS value FROM numbers(10000))
  GROUP BY key);
SELECT 'wide decimals', hex(sum(cityHash64(exactState(values)))) FROM (
  SELECT groupArray(value) AS values
  FROM (SELECT number % 100 AS key, toDecimal128(toInt64(sipHash64(number)), 0) * toDecimal128(sipHash64(number, 1) % 10000000000000, 5) AS value FROM numbers(10000))
  GROUP BY key);
