-- since: 26.7 integers of both signs in one window key
-- settings: enable_analyzer=0,1 max_threads=1,4 max_block_size=7,65409
-- Functions over what window functions give, and inside their PARTITION BY and ORDER BY.
CREATE TABLE events (user UInt64, ts Int64) ENGINE = MergeTree ORDER BY (user, ts);
INSERT INTO events SELECT number % 6, sipHash64(number) % 5000 FROM numbers(600);

CREATE VIEW known AS
SELECT user, ts, 1 + sum(new) OVER (PARTITION BY user ORDER BY ts) AS n
FROM (SELECT user, ts, ts - lagInFrame(ts, 1, ts) OVER (PARTITION BY user ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) > 30 AS new FROM events);

SELECT 'over groupArray() OVER', user, ts, periodNumbers(groupArray(ts) OVER (PARTITION BY user ORDER BY ts), 30, 0)[-1] AS n FROM events
EXCEPT ALL SELECT 'over groupArray() OVER', user, ts, toUInt32(n) FROM known;
SELECT 'a row fewer', count() FROM (SELECT periodNumbers(groupArray(ts) OVER (PARTITION BY user), 30, 0) AS n FROM events) WHERE n[-1] != 0
EXCEPT ALL SELECT 'a row fewer', count() FROM known;
SELECT 'a frame of rows', user, ts FROM
  (SELECT user, ts, welfordState(groupArray(toFloat64(ts)) OVER w) AS s, avg(ts) OVER w AS mean, count() OVER w AS n FROM events
   WINDOW w AS (PARTITION BY user ORDER BY ts ROWS BETWEEN 5 PRECEDING AND 2 FOLLOWING))
WHERE s.1 != n OR abs(s.2 - mean) > 1e-9;
SELECT 'PARTITION BY', user, ts, row_number() OVER (PARTITION BY user, periodNumbers([0, 100 * user, ts], 1000, 0)[3] ORDER BY ts) AS r
FROM (SELECT DISTINCT user, ts FROM events)
EXCEPT ALL SELECT 'PARTITION BY', user, ts, row_number() OVER (PARTITION BY user, ts > 1000 + 100 * user ORDER BY ts) AS r FROM (SELECT DISTINCT user, ts FROM events);
SELECT 'ORDER BY', user, ts, row_number() OVER (PARTITION BY user ORDER BY activityEvents(activityState([ts]))[1].tick DESC) AS r FROM (SELECT DISTINCT user, ts FROM events)
EXCEPT ALL SELECT 'ORDER BY', user, ts, row_number() OVER (PARTITION BY user ORDER BY ts DESC) AS r FROM (SELECT DISTINCT user, ts FROM events);
SELECT 'argument of a window function', user, ts, sum(welfordState([ts]).mean) OVER (PARTITION BY user ORDER BY ts) AS s FROM (SELECT DISTINCT user, ts FROM events)
EXCEPT ALL SELECT 'argument of a window function', user, ts, sum(toFloat64(ts)) OVER (PARTITION BY user ORDER BY ts) AS s FROM (SELECT DISTINCT user, ts FROM events);
