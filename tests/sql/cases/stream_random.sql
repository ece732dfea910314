-- settings: max_threads=1,4 max_block_size=1,7,1000,65409
-- period_stream over random events, with every form of its output, against plain SQL that steps through
-- each key's events with arrayFold. The key is (Nullable(String), LowCardinality(String)), the time a
-- DateTime64(3), negative ticks and ties included. numbers() and a sort over it give blocks of exactly
-- max_block_size rows.
CREATE VIEW events AS SELECT
  if(sipHash64(number, 1) % 5 = 0, NULL, ['', 'a', 'a\0', repeat('x', 200)][1 + sipHash64(number, 2) % 4]) AS user,
  toLowCardinality(['', 'de', 'us'][1 + sipHash64(number, 3) % 3]) AS country,
  fromUnixTimestamp64Milli(toInt64(sipHash64(number, 4) % 6000) * 10 - 20000, 'UTC') AS ts,
  number AS n,
  toUInt8(sipHash64(number, 5) % 10 = 0) AS restart,
  if(sipHash64(number, 6) % 4 = 0, NULL, toInt32(sipHash64(number, 7) % 1000) - 500) AS value
FROM numbers(2000);

CREATE TABLE rows ENGINE = Memory AS
SELECT 1 AS rule, *, 0 AS length, 0 AS unique_length FROM executable('period_stream --keys 2 --time ts --gap 0', Native,
  'user Nullable(String), country LowCardinality(String), ts DateTime64(3, \'UTC\'), n UInt64, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
  (SELECT user, country, ts, n FROM events ORDER BY user, country, ts, n))
UNION ALL
SELECT 2, *, 0, 0 FROM executable('period_stream --keys 2 --time ts --gap 300', Native,
  'user Nullable(String), country LowCardinality(String), ts DateTime64(3, \'UTC\'), n UInt64, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
  (SELECT user, country, ts, n FROM events ORDER BY user, country, ts, n))
UNION ALL
SELECT 3, user, country, ts, n, period_id, period_number, is_first_in_period, 0, 0
FROM executable('period_stream --keys 2 --time ts --gap 300 --restart restart', Native,
  'user Nullable(String), country LowCardinality(String), ts DateTime64(3, \'UTC\'), n UInt64, restart UInt8, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
  (SELECT user, country, ts, n, restart FROM events ORDER BY user, country, ts, n))
UNION ALL
SELECT 4, user, country, ts, n, period_id, period_number, is_first_in_period, period_length, unique_period_length
FROM executable('period_stream --keys 2 --time ts --gap 500 --max-span 1500 --lengths', Native,
  'user Nullable(String), country LowCardinality(String), ts DateTime64(3, \'UTC\'), n UInt64, period_id UInt64, period_number UInt32, is_first_in_period UInt8, period_length UInt64, unique_period_length UInt64, period_first DateTime64(3, \'UTC\'), period_last DateTime64(3, \'UTC\')',
  (SELECT user, country, ts, n FROM events ORDER BY user, country, ts, n))
UNION ALL
SELECT 5, user, country, ts, n, period_id, period_number, is_first_in_period, period_length, unique_period_length
FROM executable('period_stream --keys 2 --time ts --gap 500 --max-span 1500 --restart restart --lengths', Native,
  'user Nullable(String), country LowCardinality(String), ts DateTime64(3, \'UTC\'), n UInt64, restart UInt8, period_id UInt64, period_number UInt32, is_first_in_period UInt8, period_length UInt64, unique_period_length UInt64, period_first DateTime64(3, \'UTC\'), period_last DateTime64(3, \'UTC\')',
  (SELECT user, country, ts, n, restart FROM events ORDER BY user, country, ts, n));

CREATE TABLE reference ENGINE = Memory AS
WITH
  rules AS (SELECT r.1 AS rule, r.2 AS gap, r.3 AS span, r.4 AS restarts
    FROM (SELECT arrayJoin([(1, 0, 0, 0), (2, 300, 0, 0), (3, 300, 0, 1), (4, 500, 1500, 0), (5, 500, 1500, 1)]) AS r)),
  histories AS (
    SELECT user, country, arraySort(groupArray((toUnixTimestamp64Milli(ts), n, restart))) AS history
    FROM events GROUP BY user, country),
  stepped AS (
    SELECT rule, user, country, history,
      -- (tick, its period's first tick, number, is first)
      arrayFold(
        (done, e) -> arrayPushBack(done,
          if(length(done) = 0 OR e.1 - done[-1].1 > gap OR (span > 0 AND e.1 - done[-1].2 > span) OR (restarts = 1 AND e.3 = 1),
            (e.1, e.1, toUInt64(done[-1].3 + 1), 1), (e.1, done[-1].2, done[-1].3, 0))),
        history, CAST([], 'Array(Tuple(Int64, Int64, UInt64, UInt8))')) AS steps
    FROM histories CROSS JOIN rules)
SELECT rule, user, country, e.2 AS n, s.1 AS tick, s.2 AS first_tick, s.3 AS number, s.4 AS is_first,
  xxh3(concat(formatRow('RowBinary', user, country), reinterpretAsFixedString(first_tick))) AS id
FROM stepped ARRAY JOIN history AS e, steps AS s;

CREATE TABLE lengths ENGINE = Memory AS
SELECT rule, user, country, number, any(id) AS id, min(tick) AS first, max(tick) AS last, count() AS length, uniqExact(tick) AS unique_length,
  sum(value) AS value_sum, count(value) AS value_count, avg(value) AS value_mean, varPopStable(value) AS value_var
FROM reference INNER JOIN events USING (user, country, n)
GROUP BY rule, user, country, number
UNION ALL
-- JOIN USING drops the keys that are NULL.
SELECT rule, user, country, number, any(id), min(tick), max(tick), count(), uniqExact(tick), sum(value), count(value), avg(value), varPopStable(value)
FROM (SELECT * FROM reference WHERE user IS NULL) AS r INNER JOIN (SELECT n, value FROM events) AS e USING (n)
GROUP BY rule, user, country, number;

SELECT 'rows', rule, user, country, n, found, expected
FROM
(
  SELECT rule, user, country, n, (period_id, period_number, is_first_in_period) AS found FROM rows
) AS f
FULL JOIN
(
  SELECT rule, n, (id, number, is_first) AS expected FROM reference
) AS e USING (rule, n)
WHERE found != expected
ORDER BY rule, n LIMIT 5;

SELECT 'lengths', r.rule, r.n, r.length, r.unique_length, l.length, l.unique_length
FROM rows AS r INNER JOIN lengths AS l ON r.rule = l.rule AND r.period_id = l.id AND r.period_number = l.number
WHERE r.rule >= 4 AND (r.length, r.unique_length) != (l.length, l.unique_length)
ORDER BY r.rule, r.n LIMIT 5;

-- --emit periods, with a sum and the moments of a Nullable column.
SELECT 'periods', f.*, e.*
FROM executable('period_stream --keys 2 --time ts --gap 500 --max-span 1500 --restart restart --emit periods --sum value --moments value', Native,
  'user Nullable(String), country LowCardinality(String), period_id UInt64, period_number UInt32, period_first DateTime64(3, \'UTC\'), period_last DateTime64(3, \'UTC\'), period_length UInt64, unique_period_length UInt64, value_sum Nullable(Int64), value_moments Tuple(n UInt64, mean Float64, m2 Float64)',
  (SELECT user, country, ts, restart, value FROM events ORDER BY user, country, ts, n)) AS f
FULL JOIN (SELECT * FROM lengths WHERE rule = 5) AS e
ON f.user IS NOT DISTINCT FROM e.user AND f.country = e.country AND f.period_number = e.number
WHERE e.rule != 5
  OR (f.period_id, toUnixTimestamp64Milli(f.period_first), toUnixTimestamp64Milli(f.period_last), f.period_length, f.unique_period_length, f.value_moments.n)
    != (e.id, e.first, e.last, e.length, e.unique_length, e.value_count)
  OR isNull(f.value_sum) != isNull(e.value_sum) OR f.value_sum != e.value_sum
  OR abs(f.value_moments.mean - ifNull(e.value_mean, 0)) > 1e-9
  OR abs(f.value_moments.m2 - ifNull(e.value_var, 0) * e.value_count) > 1e-6
ORDER BY f.period_id LIMIT 5;

-- What was compared. The sums make sure that nothing was lost in a join.
SELECT rule, count(), sum(period_number), sum(is_first_in_period), max(period_number), sum(length) FROM rows GROUP BY rule ORDER BY rule;
SELECT rule, sum(length), count() FROM lengths GROUP BY rule ORDER BY rule;
