-- settings: max_threads=1,4 max_block_size=1,65409
-- The laws of merging, on bits: states are compared byte by byte. Rows that disagree are printed.
WITH
  CAST((0, 0, 0), 'Tuple(n UInt64, mean Float64, m2 Float64)') AS empty,
  states AS (
    SELECT number AS seed,
      CAST(multiIf(
        number = 0, (1, 1e155, 0),
        number = 1, (2, -1e155, 0),
        number = 2, (3, reinterpretAsFloat64(toUInt64(1)), reinterpretAsFloat64(toUInt64(1))),
        number = 3, (0, 0, 0),
        (1 + sipHash64(number) % 1000000, (sipHash64(number, 1) % 2000000 - 1e6) / 7, (sipHash64(number, 2) % 1000000) / 3)),
        'Tuple(n UInt64, mean Float64, m2 Float64)') AS a,
      CAST((1 + sipHash64(number, 3) % 1000000, (sipHash64(number, 4) % 2000000 - 1e6) / 7, (sipHash64(number, 5) % 1000000) / 3),
        'Tuple(n UInt64, mean Float64, m2 Float64)') AS b
    FROM numbers(300)),
  compared AS (
    SELECT seed, a, b, [
      ('empty on the left', welfordMerge([empty, a]), a),
      ('empty on the right', welfordMerge([a, empty]), a),
      ('empty ones around', welfordMerge([empty, empty, a, empty]), a),
      ('one alone', welfordMerge([a]), a),
      ('none', welfordMerge(arraySlice([a], 2)), empty),
      ('the other order', welfordMerge([b, a]), welfordMerge([a, b])),
      ('through the aggregate and back', welfordFromAggregate(welfordToAggregate(a)), a),
      ('an empty one through the aggregate', welfordFromAggregate(welfordToAggregate(empty)), empty)
    ] AS laws
    FROM states)
SELECT seed, a, b, laws.1 AS law, laws.2 AS found, laws.3 AS expected
FROM compared ARRAY JOIN laws
WHERE hex(reinterpretAsString(found.1)) || hex(reinterpretAsString(found.2)) || hex(reinterpretAsString(found.3))
   != hex(reinterpretAsString(expected.1)) || hex(reinterpretAsString(expected.2)) || hex(reinterpretAsString(expected.3))
ORDER BY seed, law LIMIT 10;

-- Equal values: m2 is exactly 0 under any split, the mean is the value.
SELECT seed, value, salts, state
FROM
(
  SELECT seed, value, salts, welfordMerge(groupArray(partial)) AS state
  FROM
  (
    SELECT number % 50 AS seed, 1 + seed % 7 AS salts,
      [1e155, -1e155, 0.1, 1e-300, 1e6 + 0.2, -3., 1780000000000., 0.][1 + seed % 8] AS value,
      welfordState(groupArray(value)) AS partial
    FROM numbers(50000) GROUP BY seed, salts, value, saltOf(number, salts)
  )
  GROUP BY seed, salts, value
)
WHERE NOT ifNull(state.m2 = 0 AND state.n = 1000 AND state.mean = value, 0)
ORDER BY seed;

-- 2^32 zeros and 2^32 ones: the product of the counts is 2^64, the variance 0.25.
SELECT 'product of counts', welfordMerge([(4294967296, 0., 0.), (4294967296, 1., 0.)]),
  welfordVarPop(welfordMerge([(4294967296, 0., 0.), (4294967296, 1., 0.)]));

-- NaN and infinity count, and make mean and m2 NaN; alone, in a crowd and merged.
SELECT arrayJoin([welfordState([nan]), welfordState([1, inf, 2]), welfordState([inf, -inf]),
  welfordMerge([(2, 1., 2.), (1, nan, nan)]), welfordState(CAST([], 'Array(Float64)'))]);

-- The values' own types.
SELECT arrayJoin([welfordState([1, 2, 3]), welfordState([toFloat32(1), 2, 3]), welfordState([toDecimal64(1, 2), 2, 3]),
  welfordState([toInt64(1), 2, 3]), welfordState([toNullable(1.), 2, 3])]);

-- NULLs do not arrive: groupArray skips them.
SELECT welfordState(groupArray(if(number % 2, NULL, toFloat64(number)))) FROM numbers(5);
