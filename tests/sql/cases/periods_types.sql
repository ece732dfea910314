-- settings: max_threads=1,4 max_block_size=1,65409
-- Times of any type that the server casts to Int64: the tick is what the cast gives.
SELECT name, found, expected
FROM (
  SELECT arrayJoin([
    ('Date: days', toString(periodLengths([toDate('2026-03-01'), toDate('2026-03-02'), toDate('2026-03-04')], 1, 0)), '[2,2,1]'),
    ('Date32 before 1970', toString(tupleElement(periods(1, [toDate32('1969-12-30'), toDate32('1970-01-01')], 2, 0)[1], 'first_tick')), '-2'),
    ('DateTime: seconds', toString(periodNumbers([toDateTime(1800, 'UTC'), toDateTime(0, 'UTC'), toDateTime(3601, 'UTC')], 1800, 0)), '[1,1,2]'),
    ('DateTime: the zone is no matter', toString(tupleElement(periods(1, [toDateTime(7200, 'Asia/Tokyo')], 0, 0)[1], 'first_tick')), '7200'),
    ('UInt8', toString(periodNumbers([toUInt8(255), 0], 254, 0)), '[2,1]'),
    ('UInt32', toString(periodNumbers([toUInt32(4294967295), 4294967294, 0], 1, 0)), '[2,2,1]'),
    ('Int8', toString(periodNumbers([toInt8(-128), 127], 255, 0)), '[1,1]'),
    ('Int16 gap and span', toString(periodNumbers([toInt16(0), 5, 10, 15], toInt16(5), toInt16(10))), '[1,1,1,2]'),
    ('Nullable without a NULL', toString(periodNumbers([toNullable(1), 2, 9], 1, 0)), '[1,1,2]'),
    ('key of any integer type', toString(periodIds(toUInt8(7), [1], 0, 0) = periodIds(toUInt64(7), [1], 0, 0)), '1'),
    -- A DateTime64 loses its fraction in the cast: 0.9 s and 1.1 s are the ticks 0 and 1 ...
    ('DateTime64: the fraction is lost', toString(periodNumbers([toDateTime64('1970-01-01 00:00:00.9', 1, 'UTC'), toDateTime64('1970-01-01 00:00:01.1', 1, 'UTC')], 0, 0)), '[1,2]'),
    ('DateTime64: the fraction is lost again', toString(periodNumbers([toDateTime64('1970-01-01 00:00:01.0', 1, 'UTC'), toDateTime64('1970-01-01 00:00:01.9', 1, 'UTC')], 0, 0)), '[1,1]'),
    -- ... so where the fraction counts, ticks are milliseconds.
    ('milliseconds', toString(periodNumbers(arrayMap(t -> toUnixTimestamp64Milli(t), [toDateTime64('1970-01-01 00:00:00.900', 3, 'UTC'), toDateTime64('1970-01-01 00:00:01.100', 3, 'UTC'), toDateTime64('1970-01-01 00:00:01.301', 3, 'UTC')]), 200, 0)), '[1,1,2]')
  ]) AS t, t.1 AS name, t.2 AS found, t.3 AS expected
)
WHERE found != expected;

-- The same ticks give the same answer whatever their type, as columns.
SELECT number, as_int64, as_datetime
FROM (
  SELECT number, arrayMap(i -> sipHash64(number, i) % 100000, range(number % 30)) AS ticks,
    toString(periodRows(number, CAST(ticks, 'Array(Int64)'), 1800, 7200)) AS as_int64,
    toString(periodRows(number, CAST(ticks, 'Array(DateTime)'), 1800, 7200)) AS as_datetime,
    toString(periodRows(number, CAST(ticks, 'Array(UInt32)'), toUInt16(1800), toUInt16(7200))) AS as_uint32
  FROM numbers(200)
)
WHERE as_int64 != as_datetime OR as_int64 != as_uint32;
