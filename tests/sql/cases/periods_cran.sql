-- needs: cran
-- settings: max_threads=1,4
-- Every function over the whole download log, event by event, against window functions. A key is
-- (date, ip_id), the gap 1800 s. The reference is plain SQL: an event starts a period when no earlier
-- tick of its key is within the gap (RANGE, so that equal ticks are one), and of equal ticks the first
-- in the array's order.
CREATE TABLE events (key UInt64, t DateTime('UTC')) ENGINE = Memory;

INSERT INTO events
SELECT toUInt16(date) * 4294967296 + ip_id, parseDateTime(concat(date, ' ', time), '%Y-%m-%d %H:%i:%s', 'UTC')
FROM file('{data}/cran_logs_20140101_20140119.csv.zst', 'CSVWithNames', 'date Date, time String, ip_id UInt32')
SETTINGS input_format_skip_unknown_fields = 1;

CREATE TABLE answers ENGINE = Memory AS
SELECT key, t, place, number, id, is_first, length, unique_length, row
FROM
(
  SELECT key, groupArray(t) AS times,
    periodNumbers(times, 1800, 0) AS numbers,
    periodIds(key, times, 1800, 0) AS ids,
    firstInPeriod(times, 1800, 0) AS firsts,
    periodLengths(times, 1800, 0) AS lengths,
    uniquePeriodLengths(times, 1800, 0) AS unique_lengths,
    periodRows(key, times, 1800, 0) AS rows
  FROM events GROUP BY key
)
ARRAY JOIN times AS t, arrayEnumerate(times) AS place, numbers AS number, ids AS id,
  firsts AS is_first, lengths AS length, unique_lengths AS unique_length, rows AS row;

CREATE TABLE reference ENGINE = Memory AS
WITH
  starts AS (
    SELECT *,
      t - max(t) OVER (PARTITION BY key ORDER BY t RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) > 1800
        AND place = min(place) OVER (PARTITION BY key, t) AS expected_first
    FROM answers),
  numbered AS (
    SELECT *,
      sum(expected_first) OVER (PARTITION BY key ORDER BY t RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
        AS expected_number
    FROM starts)
SELECT *,
  count() OVER period AS expected_length,
  uniqExact(t) OVER period AS expected_unique_length,
  toInt64(toUnixTimestamp(min(t) OVER period)) AS first_tick,
  toInt64(toUnixTimestamp(max(t) OVER period)) AS last_tick,
  xxh3(concat(reinterpretAsFixedString(key), reinterpretAsFixedString(first_tick))) AS expected_id
FROM numbered
WINDOW period AS (PARTITION BY key, expected_number);

SELECT key, t, place, (id, number, is_first, length, unique_length) AS found, row,
  (expected_id, expected_number, expected_first, expected_length, expected_unique_length) AS expected
FROM reference
WHERE found != expected OR row != expected
ORDER BY key, t, place LIMIT 10;

-- The list of a key's periods, element by element.
SELECT key, found, expected
FROM
(
  SELECT key, periods(key, groupArray(t), 1800, 0) AS found
  FROM events GROUP BY key
) AS f
FULL JOIN
(
  SELECT key, arraySort(p -> p.2, groupUniqArray((expected_id, expected_number, first_tick, last_tick, expected_length, expected_unique_length))) AS expected
  FROM reference GROUP BY key
) AS e USING (key)
WHERE found != expected
ORDER BY key LIMIT 10;

-- What was compared: events, keys, periods.
SELECT count(), uniqExact(key), sum(expected_first) FROM reference;
