-- settings: max_threads=1,4 max_block_size=7,65409
-- Any number of salts gives the variance of the whole: within 16 units of rounding times the condition
-- number of the data, here 1e4 (mean 1e4, deviation near 1).
WITH
  cut AS (SELECT number, cos(number) * 1.4 + 1e4 AS value, salts FROM numbers(20000) ARRAY JOIN [1, 2, 3, 8, 64, 1000] AS salts),
  partials AS (SELECT salts, welfordState(groupArray(value)) AS state FROM cut GROUP BY salts, saltOf(number, salts)),
  merged AS (SELECT salts, count() AS n_partials, welfordMerge(groupArray(state)) AS state FROM partials GROUP BY salts),
  exact AS (
    -- In Int256 units of 2^-39: every double here is a multiple of that.
    SELECT sum(x) AS sum, sum(x * x) AS squares, toInt256(count()) AS n
    FROM (SELECT toInt256(toInt64((cos(number) * 1.4 + 1e4) * pow(2, 39))) AS x FROM numbers(20000)))
SELECT salts, n_partials, state, expected_mean, expected_m2
FROM
(
  SELECT salts, n_partials, state,
    toFloat64(sum) / 20000 / pow(2, 39) AS expected_mean,
    toFloat64(n * squares - sum * sum) / 20000 / pow(2, 78) AS expected_m2
  FROM merged CROSS JOIN exact
)
WHERE NOT ifNull(state.n = 20000 AND n_partials > salts / 2
  AND abs(state.mean - expected_mean) <= 16 * pow(2, -53) * 1e4
  AND abs(state.m2 - expected_m2) <= 16 * 1.1e4 * pow(2, -53) * expected_m2, 0)
ORDER BY salts;
