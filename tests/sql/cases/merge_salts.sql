-- settings: max_threads=1,4 max_block_size=7,65409
-- Two-level aggregation: partials by key and salt, merged by an ordered stream. Integers, picks and exact
-- states equal the unsalted result; Welford states are within their bound; a different number of salts
-- for each run of keys.
CREATE VIEW events AS
SELECT
  if(number % 11 = 0, NULL, toString(number % 11)) AS user, number % 3 AS host,
  number AS n, toInt64(sipHash64(number, 1) % 1000) * 60 AS t,
  toFloat64(sipHash64(number, 2) % 100000) / 7 + 1e6 AS x,
  if(number % 4 = 0, NULL, toInt32(sipHash64(number, 3) % 1000) - 500) AS v,
  toDecimal64(sipHash64(number, 4) % 100000, 2) AS d,
  sipHash64(number, 5) % 5 AS salt
FROM numbers(5000);

CREATE TABLE partials ENGINE = Memory AS
SELECT user, host, salt,
  count() AS events, sum(v) AS v_sum, sum(d) AS d_sum, min(x) AS x_min, max(t) AS t_max,
  CAST(welfordState(groupArray(x)), 'Tuple(n UInt64, mean Float64, m2 Float64)') AS x_welford,
  varSampStableState(x) AS x_var, exactState(groupArray(x)) AS x_exact, activityState(groupArray(t)) AS history,
  CAST(max(n), 'SimpleAggregateFunction(max, UInt64)') AS n_max
FROM events GROUP BY user, host, salt;

CREATE TABLE merged ENGINE = Memory AS
SELECT * FROM executable('merge_partials --keys 2 --op x_min=min --op t_max=max', Native,
  'user Nullable(String), host UInt8, events UInt64, v_sum Nullable(Int64), d_sum Decimal(38, 2), x_min Float64, t_max Int64, x_welford Tuple(n UInt64, mean Float64, m2 Float64), x_var AggregateFunction(varSampStable, Float64), x_exact String, history String, n_max SimpleAggregateFunction(max, UInt64)',
  (SELECT user, host::UInt8 AS host, events, v_sum, d_sum, x_min, t_max, x_welford, x_var, x_exact, history, n_max FROM partials ORDER BY user, host),
  SETTINGS check_exit_code = 1, stderr_reaction = 'throw');

SELECT 'exact', user, host, events, v_sum, d_sum, x_min, t_max, x_exact, history, n_max FROM merged
EXCEPT DISTINCT
SELECT 'exact', user, host::UInt8, count(), sum(v), sum(d), min(x), max(t), exactState(groupArray(x)), activityState(groupArray(t)), max(n)
FROM events GROUP BY user, host;

-- kappa = sqrt(1 + n mean^2 / m2), the bound 16 kappa u of the exact value.
SELECT 'moments', user, host, m.1, m.2, e
FROM
(
  SELECT user, host, arrayJoin([('welford', x_welford), ('varSampStable', welfordFromAggregate(x_var))]) AS m, exactMoments(x_exact) AS e FROM merged
)
WHERE m.2.1 != e.n
  OR abs(m.2.2 - e.mean) > 16 * sqrt(1 + e.n * e.mean * e.mean / e.m2) * pow(2, -53) * abs(e.mean)
  OR abs(m.2.3 - e.m2) > 16 * sqrt(1 + e.n * e.mean * e.mean / e.m2) * pow(2, -53) * e.m2
ORDER BY user, host;

-- The same bits in any order of the salts.
SELECT 'order', user, host, x_welford FROM executable('merge_partials --keys 2', Native,
  'user Nullable(String), host UInt8, x_welford Tuple(n UInt64, mean Float64, m2 Float64)',
  (SELECT user, host::UInt8 AS host, x_welford FROM partials ORDER BY user, host, sipHash64(salt, 77)))
EXCEPT DISTINCT
SELECT 'order', user, host, x_welford FROM merged;

SELECT count(), sum(events), (SELECT count() FROM partials) FROM merged;
