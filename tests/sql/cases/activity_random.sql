-- settings: max_threads=1,4 max_block_size=1000,65409
-- One stored history answers every gap and span as periods does from the raw times. Histories of many
-- shapes, ties and both ends of Int64 among them, come whole and merged from salted parts; with 256
-- salts many parts are empty. Rows that disagree are printed.
CREATE TABLE events (key UInt64, t Int64, row UInt64) ENGINE = Memory;
INSERT INTO events
SELECT number % 37 AS key,
  multiIf(
    key = 0, -9223372036854775808 + number,
    key = 1, if(number % 2 = 0, 9223372036854775807, -9223372036854775808),
    key = 2, 5,
    key % 3 = 0, sipHash64(number) % 400,
    key % 3 = 1, toInt64(sipHash64(number) % 2000000) - 1000000,
    toInt64(sipHash64(number) % 60) * toInt64(1 + sipHash64(number, 1) % 900) * if(number % 5 = 0, 1000000, 1)),
  number
FROM numbers(15000);
-- A key of one event, one of two equal ones, and a heavy one.
INSERT INTO events VALUES (100, -7, 0), (101, 3, 1), (101, 3, 2);
INSERT INTO events SELECT 102, intDiv(number * number, 50) % 90000, number FROM numbers(20000);

CREATE TABLE parts ENGINE = Memory AS
WITH
  filled AS (
    SELECT key, salts, saltOf(row, salts) AS salt, activityState(groupArray(t)) AS state
    FROM events ARRAY JOIN [1, 2, 3, 8, 64, 256] AS salts
    GROUP BY key, salts, salt)
SELECT salts, key, salt, state FROM filled
UNION ALL
SELECT salts, key, salt + 1000, activityState(CAST([], 'Array(Int64)'))
FROM (SELECT DISTINCT salts, key FROM filled) ARRAY JOIN range(3) AS salt;

CREATE TABLE whole ENGINE = Memory AS
SELECT key, groupArray(t) AS times, activityState(groupArray(t)) AS state FROM events GROUP BY key;
CREATE TABLE histories ENGINE = Memory AS
SELECT salts, key, activityMerge(groupArray(state)) AS state FROM parts GROUP BY salts, key;

-- Two groups of the parts first, then one of them.
INSERT INTO histories
SELECT salts + 1000, key, activityMerge(groupArray(state)) AS state
FROM (SELECT salts, key, activityMerge(groupArray(state)) AS state FROM parts WHERE salts > 1 GROUP BY salts, key, salt % 2)
GROUP BY salts, key;

SELECT 'bytes', salts, h.key FROM histories AS h LEFT JOIN whole AS w USING (key) WHERE h.state != w.state ORDER BY ALL;
SELECT 'alone', key FROM whole WHERE activityMerge([state]) != state OR activityMerge(['', state, '']) != state ORDER BY key;

WITH rules AS (
    SELECT gap, span
    FROM (SELECT arrayJoin([0, 1, 2, 7, 60, 1000, 100000, 9223372036854775807]) AS gap) AS g
    CROSS JOIN (SELECT arrayJoin([0, 1, 30, 5000, 1000000, 9223372036854775807]) AS span) AS s)
SELECT 'periods', key, gap, span, found, expected
FROM
(
  SELECT key, gap, span, activityPeriods(key, state, gap, span) AS found, periods(key, times, gap, span) AS expected
  FROM whole CROSS JOIN rules
)
WHERE found != expected OR empty(found) ORDER BY key, gap, span LIMIT 5;

SELECT 'merged periods', salts, key, found, expected
FROM
(
  SELECT salts, key, activityPeriods(key, h.state, 30 + salts % 3, 500 * (salts % 2)) AS found,
    periods(key, times, 30 + salts % 3, 500 * (salts % 2)) AS expected
  FROM histories AS h LEFT JOIN whole AS w USING (key)
)
WHERE found != expected ORDER BY salts, key LIMIT 5;

SELECT 'events', key, found, expected
FROM
  (SELECT key, activityEvents(state) AS found FROM whole) AS f
  FULL JOIN (SELECT key, groupArray((t, n)) AS expected FROM (SELECT key, t, count() AS n FROM events GROUP BY key, t ORDER BY key, t) GROUP BY key) AS e
  USING (key)
WHERE found != expected ORDER BY key LIMIT 5;

SELECT countIf(salts < 1000), countIf(salts >= 1000), uniqExact(key) FROM histories;
