-- settings: max_threads=1,4 max_block_size=1000,65409
-- The SQL functions over what the executable returns, inside aggregates and outside, for whole groups
-- and for groups merged from 8 salted partials, against ClickHouse's own statistics.
WITH
  events AS (SELECT number % 7 AS host, sin(number) * 100 + host AS value, number FROM numbers(20000)),
  whole AS (SELECT host, welfordState(groupArray(value)) AS state FROM events GROUP BY host),
  partials AS (
    SELECT host, saltOf(number, 8) AS salt, welfordState(groupArray(value)) AS state
    FROM events GROUP BY host, salt),
  merged AS (SELECT host, welfordMerge(groupArray(state)) AS state FROM partials GROUP BY host),
  reference AS (
    SELECT host, avg(value) AS mean, sum(value) AS sum, varPopStable(value) AS var_pop,
      varSampStable(value) AS var_samp
    FROM events GROUP BY host),
  results AS (
    SELECT host, 'whole' AS form, state FROM whole
    UNION ALL
    SELECT host, 'merged' AS form, state FROM merged)
SELECT form, host, function, found, expected
FROM results JOIN reference USING (host)
ARRAY JOIN
  ['mean', 'sum', 'var_pop', 'var_samp', 'stddev_pop', 'stddev_samp'] AS function,
  [welfordMean(state), welfordSum(state), welfordVarPop(state), welfordVarSamp(state),
   welfordStddevPop(state), welfordStddevSamp(state)] AS found,
  [mean, sum, var_pop, var_samp, sqrt(var_pop), sqrt(var_samp)] AS expected
WHERE NOT ifNull(abs(found - expected) <= 1e-12 * abs(expected), 0)
ORDER BY ALL;

-- The groups were there, and a group's function is an argument like any other.
SELECT count(), countIf(stddev > 70 AND stddev < 72)
FROM (
  SELECT number % 7 AS host, welfordStddevSamp(welfordState(groupArray(sin(number) * 100))) AS stddev
  FROM numbers(20000) GROUP BY host);

-- The empty group and the group of one.
SELECT welfordMean(welfordState(CAST([], 'Array(Float64)'))) AS mean,
  welfordVarPop(welfordState([5.])) AS var_pop, welfordVarSamp(welfordState([5.])) AS var_samp;
