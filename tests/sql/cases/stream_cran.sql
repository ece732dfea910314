-- needs: cran
-- settings: max_threads=4 max_block_size=1000,65409
-- period_stream over the whole download log, event by event and period by period, against the array
-- functions, which another case compares with plain SQL. A key is (date, ip_id), the gap 1800 s, the cap
-- 7200 s.
CREATE TABLE events ENGINE = Memory AS
SELECT date, ip_id, parseDateTime(concat(date, ' ', time), '%Y-%m-%d %H:%i:%s', 'UTC') AS t, size, rowNumberInAllBlocks() AS n
FROM file('{data}/cran_logs_20140101_20140119.csv.zst', 'CSVWithNames', 'date Date, time String, size UInt64, ip_id UInt32')
SETTINGS input_format_skip_unknown_fields = 1;

CREATE TABLE found ENGINE = Memory AS
SELECT * FROM executable('period_stream --keys 2 --time t --gap 1800 --max-span 7200 --lengths', Native,
  'date Date, ip_id UInt32, t DateTime(\'UTC\'), n UInt64, period_id UInt64, period_number UInt32, is_first_in_period UInt8, period_length UInt64, unique_period_length UInt64, period_first DateTime(\'UTC\'), period_last DateTime(\'UTC\')',
  (SELECT date, ip_id, t, n FROM events ORDER BY date, ip_id, t, n),
  SETTINGS check_exit_code = 1, stderr_reaction = 'throw');

CREATE TABLE expected ENGINE = Memory AS
SELECT date, ip_id, n, t, row
FROM
(
  SELECT date, ip_id, arraySort(groupArray((t, n))) AS events, events.1 AS times,
    periodRows(0, times, 1800, 7200) AS rows
  FROM events GROUP BY date, ip_id
)
ARRAY JOIN events.2 AS n, times AS t, rows AS row;

-- The id of the array function has another key: it is computed here.
WITH firsts AS (
  SELECT date, ip_id, row.number AS number, min(t) AS first, max(t) AS last FROM expected GROUP BY date, ip_id, number)
SELECT f.*, e.row, p.first, p.last
FROM found AS f
FULL JOIN expected AS e ON f.n = e.n
FULL JOIN firsts AS p ON f.date = p.date AND f.ip_id = p.ip_id AND f.period_number = p.number
WHERE (f.date, f.ip_id, f.t, f.period_number, f.is_first_in_period, f.period_length, f.unique_period_length, f.period_first, f.period_last)
    != (e.date, e.ip_id, e.t, e.row.number, e.row.is_first, e.row.length, e.row.unique_length, p.first, p.last)
  OR f.period_id != xxh3(concat(formatRow('RowBinary', f.date, f.ip_id), reinterpretAsFixedString(toInt64(toUnixTimestamp(p.first)))))
ORDER BY f.n LIMIT 5;

-- A row per period, its sum and moments, against a GROUP BY of the rows.
SELECT p.*, g.*
FROM executable('period_stream --keys 2 --time t --gap 1800 --max-span 7200 --emit periods --sum size --moments size', Native,
  'date Date, ip_id UInt32, period_id UInt64, period_number UInt32, period_first DateTime(\'UTC\'), period_last DateTime(\'UTC\'), period_length UInt64, unique_period_length UInt64, size_sum UInt64, size_moments Tuple(n UInt64, mean Float64, m2 Float64)',
  (SELECT date, ip_id, t, size FROM events ORDER BY date, ip_id, t, n),
  SETTINGS check_exit_code = 1, stderr_reaction = 'throw') AS p
FULL JOIN
(
  SELECT date, ip_id, period_number, any(period_id) AS id, any(period_first) AS first, any(period_last) AS last, count() AS length,
    uniqExact(t) AS unique_length, sum(size) AS size_sum, welfordState(groupArray(toFloat64(size))) AS moments
  FROM found INNER JOIN (SELECT n, size FROM events) AS s USING (n)
  GROUP BY date, ip_id, period_number
) AS g ON p.date = g.date AND p.ip_id = g.ip_id AND p.period_number = g.period_number
WHERE (p.period_id, p.period_first, p.period_last, p.period_length, p.unique_period_length, p.size_sum, p.size_moments.n)
    != (g.id, g.first, g.last, g.length, g.unique_length, g.size_sum, g.moments.n)
  OR abs(p.size_moments.mean - g.moments.mean) > 1e-12 * g.moments.mean
  OR abs(p.size_moments.m2 - g.moments.m2) > 1e-9 * g.moments.m2 + 1e-6
ORDER BY p.period_id LIMIT 5;

-- What was compared: events, keys, periods, and those that the cap cut.
SELECT count(), uniqExact(date, ip_id), sum(is_first_in_period), countIf(is_first_in_period AND period_number > 1) FROM found;
