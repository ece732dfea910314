-- needs: cran
-- settings: max_threads=1,4
-- A history per country of the whole download log, one country holding half of its rows, from 19 daily
-- states, from daily states of 8 salts, and extended day by day: all have the bytes of the whole, and
-- give the events of a GROUP BY and the periods of the raw times.
CREATE TABLE events (country LowCardinality(String), day Date, t DateTime('UTC'), row UInt64) ENGINE = Memory;
INSERT INTO events
SELECT country, date, parseDateTime(concat(date, ' ', time), '%Y-%m-%d %H:%i:%s', 'UTC'), rowNumberInAllBlocks()
FROM file('{data}/cran_logs_20140101_20140119.csv.zst', 'CSVWithNames', 'date Date, time String, country String')
SETTINGS input_format_skip_unknown_fields = 1;

CREATE TABLE whole ENGINE = Memory AS
SELECT country, groupArray(t) AS times, activityState(groupArray(t)) AS state FROM events GROUP BY country;
CREATE TABLE daily ENGINE = Memory AS
SELECT country, day, count() AS n, activityState(groupArray(t)) AS state FROM events GROUP BY country, day;
CREATE TABLE salted ENGINE = Memory AS
SELECT country, day, saltOf(row, 8) AS salt, activityState(groupArray(t)) AS state FROM events GROUP BY country, day, salt;

CREATE TABLE merged (form String, country String, state String) ENGINE = Memory;
INSERT INTO merged SELECT 'days', country, activityMerge(groupArray(state)) FROM daily GROUP BY country;
INSERT INTO merged SELECT 'days of salts', country, activityMerge(groupArray(state)) FROM salted GROUP BY country;
INSERT INTO merged SELECT 'days of merged salts', country, activityMerge(groupArray(state))
FROM (SELECT country, activityMerge(groupArray(state)) AS state FROM salted GROUP BY country, day) GROUP BY country;
-- What is stored, and one more part: from right to left through the days.
INSERT INTO merged SELECT 'day by day', country,
  activityMerge([activityMerge(arraySlice(states, 11)), activityMerge([states[10], activityMerge(arraySlice(states, 1, 9))])])
FROM (SELECT country, arrayResize(groupArray(state), 19) AS states FROM daily GROUP BY country);

SELECT 'bytes', form, country FROM whole AS w LEFT JOIN merged AS m USING (country) WHERE m.state != w.state ORDER BY ALL LIMIT 10;

SELECT 'events', country
FROM
  (SELECT country, activityEvents(state) AS found FROM merged WHERE form = 'days') AS f
  FULL JOIN (SELECT country, groupArray((toInt64(t), n)) AS expected FROM (SELECT country, t, count() AS n FROM events GROUP BY country, t ORDER BY country, t) GROUP BY country) AS e
  USING (country)
WHERE found != expected ORDER BY country LIMIT 10;

SELECT 'periods', country, gap, span
FROM
(
  SELECT country, gap, span, activityPeriods(xxh3(country), m.state, gap, span) AS found, periods(xxh3(country), times, gap, span) AS expected
  FROM (SELECT * FROM merged WHERE form = 'days') AS m
  LEFT JOIN whole AS w USING (country)
  CROSS JOIN (SELECT arrayJoin([(0, 0), (1, 60), (30, 0), (300, 3600), (1800, 0), (1800, 86400), (86400, 0)]) AS rule, rule.1 AS gap, rule.2 AS span) AS rules
)
WHERE found != expected OR empty(found) ORDER BY ALL LIMIT 10;

SELECT form, count() FROM merged GROUP BY form ORDER BY form;
-- Bytes per event of the stored states, and what they would be without zstd: the payload's size stands
-- at byte 8, the frame around it takes 24. Measured: 0.449, 0.454, 0.424 and 0.428.
WITH sizes AS (
    SELECT 'daily' AS form, state FROM daily UNION ALL SELECT 'whole', state FROM merged WHERE form = 'days')
SELECT form, sum(length(state)) / 1945379 < 0.46 AS stored, sum(reinterpretAsUInt64(substring(state, 9, 8)) + 24) / 1945379 < 0.46 AS plain,
  countIf(bitTest(reinterpretAsUInt8(substring(state, 7, 1)), 0)) > 0 AS some_zstd
FROM sizes GROUP BY form ORDER BY form;
SELECT sum(n), uniqExact(day), uniqExact(country), sumIf(n, country = 'US') / sum(n) > 0.5 FROM daily;
