-- Ticks, gaps and spans at the limits of Int64, and arrays without events. Distances are compared
-- without wrapping: that of the smallest and the largest Int64 is 2^64 - 1.
WITH
  -9223372036854775807 - 1 AS low,
  9223372036854775807 AS high
SELECT name, found, expected
FROM (
  SELECT arrayJoin([
    ('both limits, the largest gap', toString(periodNumbers([high, low], high, 0)), '[2,1]'),
    ('both limits, gap 0', toString(periodNumbers([low, high, low], 0, 0)), '[1,2,1]'),
    ('both limits with 0 between', toString(periodNumbers([high, 0, low], high, 0)), '[2,2,1]'),
    ('one less than the limit with 0', toString(periodNumbers([0, low + 1], high, 0)), '[1,1]'),
    ('the largest span holds', toString(periodNumbers([low, -1, 0], high, high)), '[1,1,2]'),
    ('a span of both limits', toString(periodLengths([low, -1, high], high, high)), '[2,2,1]'),
    ('ends', toString(tupleElement(periods(1, [high, low, low + 1], 5, 0), 'first_tick')), '[-9223372036854775808,9223372036854775807]'),
    ('the largest key', toString(periodIds(18446744073709551615, [low], 0, 0)[1] = xxh3(concat(reinterpretAsFixedString(toUInt64(18446744073709551615)), reinterpretAsFixedString(toInt64(low))))), '1'),
    ('no event: numbers', toString(periodNumbers(CAST([], 'Array(Int64)'), 1, 0)), '[]'),
    ('no event: rows', toString(periodRows(1, CAST([], 'Array(Int64)'), 1, 0)), '[]'),
    ('no event: periods', toString(periods(1, CAST([], 'Array(Int64)'), 1, 0)), '[]'),
    ('one event', toString(periodRows(1, [5], 0, 1).3), '[1]'),
    -- Exactly the gap joins, one more splits; exactly the span joins, one more splits.
    ('gap', toString(periodNumbers([0, 9, 19, 30], 10, 0)), '[1,1,1,2]'),
    ('span', toString(periodNumbers([0, 9, 18, 20, 21], 10, 20)), '[1,1,1,1,2]'),
    ('a span of 0 is no cap', toString(periodNumbers([0, 9, 18, 27], 10, 0)), '[1,1,1,1]'),
    ('a new period counts its own span', toString(periodNumbers([0, 2, 4, 6, 8, 10], 10, 3)), '[1,1,2,2,3,3]'),
    ('equal ticks are never apart', toString(periodNumbers([7, 7, 7], 0, 1)), '[1,1,1]'),
    ('the first of equal ticks', toString(firstInPeriod([9, 3, 3, 9], 1, 0)), '[1,1,0,0]')
  ]) AS t, t.1 AS name, t.2 AS found, t.3 AS expected
)
WHERE found != expected;

-- Empty arrays among others, at both ends of a block.
SELECT groupArray(toString(periodLengths(range(number % 3), 1, 0))) FROM numbers(7);
