-- The marts against the raw rows, computed another way: all days at once, with ClickHouse's own
-- aggregates and window functions instead of the plugin set's. Each step prints the rows that differ
-- (at most 20), and nothing where mart and raw rows agree. Counts, period columns and ids must be
-- equal, averages and sums of squares up to a relative 1e-9.
-- Right after a day was published with --defer-periods, the months that are due differ.

-- step: user
WITH
    days AS
    (
        SELECT user_id AS name, toDate(event_time, 'Europe/Moscow') AS date, count() AS events,
            countIf(isFinite(ctr)) AS ctr_count, sumIf(ctr, isFinite(ctr)) AS ctr_sum, sumIf(ctr * ctr, isFinite(ctr)) AS ctr_sum_sq
        FROM rtb.meta_v8
        WHERE date IN (SELECT date FROM marts.manifest WHERE status = 'success')
        GROUP BY name, date
    ),
    -- Days in a row have the same distance to their number in the history.
    islands AS (SELECT *, date - row_number() OVER (PARTITION BY name ORDER BY date) AS island FROM days),
    expected AS
    (
        SELECT name, date, events, ctr_count, ctr_sum, ctr_sum_sq,
            sum(events) OVER period AS length,
            count() OVER period AS unique_length,
            min(date) OVER period AS first_day
        FROM islands
        WINDOW period AS (PARTITION BY name, island)
    )
SELECT 'user', coalesce(expected.name, mart.user_id), coalesce(expected.date, mart.date), expected.events, mart.daily_events,
    expected.length, mart.user_id_period_length, expected.unique_length, mart.user_id_unique_period_length
FROM expected
FULL JOIN marts.user_daily AS mart ON expected.name = mart.user_id AND expected.date = mart.date
WHERE NOT (expected.events = mart.daily_events
    AND expected.length = mart.user_id_period_length
    AND expected.unique_length = mart.user_id_unique_period_length
    AND (expected.date = expected.first_day) = mart.user_id_is_first_in_period
    AND xxh3(concat(reinterpretAsFixedString(expected.name), reinterpretAsFixedString(toInt64(expected.first_day)))) = mart.user_id_period_id
    AND expected.ctr_count = mart.daily_count_ctr
    AND abs(ifNull(expected.ctr_sum, 0) - mart.daily_sum_ctr) <= 1e-9 * (1 + abs(mart.daily_sum_ctr))
    AND abs(ifNull(expected.ctr_sum_sq, 0) - mart.daily_sum_sq_ctr) <= 1e-9 * (1 + abs(mart.daily_sum_sq_ctr)))
LIMIT 20

-- step: host
WITH
    days AS
    (
        SELECT CAST(host, 'String') AS name, toDate(event_time, 'Europe/Moscow') AS date, count() AS events,
            countIf(isFinite(time_show_to_view)) AS show_count, sumIf(time_show_to_view, isFinite(time_show_to_view)) AS show_sum
        FROM rtb.meta_v8
        WHERE date IN (SELECT date FROM marts.manifest WHERE status = 'success')
        GROUP BY name, date
    ),
    islands AS (SELECT *, date - row_number() OVER (PARTITION BY name ORDER BY date) AS island FROM days),
    expected AS
    (
        SELECT name, date, events, show_count, show_sum,
            sum(events) OVER period AS length,
            count() OVER period AS unique_length,
            min(date) OVER period AS first_day
        FROM islands
        WINDOW period AS (PARTITION BY name, island)
    )
SELECT 'host', coalesce(expected.name, mart.host), coalesce(expected.date, mart.date), expected.events, mart.daily_events,
    expected.length, mart.host_period_length, expected.unique_length, mart.host_unique_period_length
FROM expected
FULL JOIN marts.host_daily AS mart ON expected.name = mart.host AND expected.date = mart.date
WHERE NOT (expected.events = mart.daily_events
    AND expected.length = mart.host_period_length
    AND expected.unique_length = mart.host_unique_period_length
    AND (expected.date = expected.first_day) = mart.host_is_first_in_period
    AND xxh3(concat(reinterpretAsFixedString(xxh3(expected.name)), reinterpretAsFixedString(toInt64(expected.first_day)))) = mart.host_period_id
    AND expected.show_count = mart.daily_count_time_show_to_view
    AND abs(ifNull(expected.show_sum, 0) - mart.daily_sum_time_show_to_view) <= 1e-9 * (1 + abs(mart.daily_sum_time_show_to_view)))
LIMIT 20

-- step: ip
WITH
    days AS
    (
        SELECT device_ip AS name, toDate(event_time, 'Europe/Moscow') AS date, count() AS events
        FROM rtb.meta_v8
        WHERE date IN (SELECT date FROM marts.manifest WHERE status = 'success')
        GROUP BY name, date
    ),
    islands AS (SELECT *, date - row_number() OVER (PARTITION BY name ORDER BY date) AS island FROM days),
    expected AS
    (
        SELECT name, date, events,
            sum(events) OVER period AS length,
            count() OVER period AS unique_length,
            min(date) OVER period AS first_day
        FROM islands
        WINDOW period AS (PARTITION BY name, island)
    )
SELECT 'ip', coalesce(expected.name, mart.device_ip), coalesce(expected.date, mart.date), expected.events, mart.daily_events,
    expected.length, mart.device_ip_period_length, expected.unique_length, mart.device_ip_unique_period_length
FROM expected
FULL JOIN marts.ip_daily AS mart ON expected.name = mart.device_ip AND expected.date = mart.date
WHERE NOT (expected.events = mart.daily_events
    AND expected.length = mart.device_ip_period_length
    AND expected.unique_length = mart.device_ip_unique_period_length
    AND (expected.date = expected.first_day) = mart.device_ip_is_first_in_period
    AND xxh3(concat(reinterpretAsFixedString(xxh3(expected.name)), reinterpretAsFixedString(toInt64(expected.first_day)))) = mart.device_ip_period_id)
LIMIT 20

-- step: daily
-- The finest grain: its rows, and the period columns that it shares with the other three marts.
WITH expected AS
(
    SELECT user_id, CAST(host, 'String') AS host, device_ip, toDate(event_time, 'Europe/Moscow') AS date, count() AS events,
        sumIf(ctr, isFinite(ctr)) AS ctr_sum
    FROM rtb.meta_v8
    WHERE date IN (SELECT date FROM marts.manifest WHERE status = 'success')
    GROUP BY user_id, host, device_ip, date
)
SELECT 'daily', expected.*, mart.daily_events, mart.daily_sum_ctr
FROM expected
FULL JOIN marts.daily AS mart
    ON expected.user_id = mart.user_id AND expected.host = mart.host AND expected.device_ip = mart.device_ip AND expected.date = mart.date
WHERE NOT (expected.events = mart.daily_events
    AND abs(ifNull(expected.ctr_sum, 0) - mart.daily_sum_ctr) <= 1e-9 * (1 + abs(mart.daily_sum_ctr)))
LIMIT 20

-- step: daily_user
SELECT 'daily: user periods', mart.user_id, mart.date
FROM marts.daily AS mart
LEFT JOIN marts.user_daily AS own ON mart.user_id = own.user_id AND mart.date = own.date
WHERE (mart.user_id_period_id, mart.user_id_period_length, mart.user_id_is_first_in_period, mart.user_id_unique_period_length)
   != (own.user_id_period_id, own.user_id_period_length, own.user_id_is_first_in_period, own.user_id_unique_period_length)
LIMIT 20

-- step: daily_host
SELECT 'daily: host periods', mart.host, mart.date
FROM marts.daily AS mart
LEFT JOIN marts.host_daily AS own ON mart.host = own.host AND mart.date = own.date
WHERE (mart.host_period_id, mart.host_period_length, mart.host_is_first_in_period, mart.host_unique_period_length)
   != (own.host_period_id, own.host_period_length, own.host_is_first_in_period, own.host_unique_period_length)
LIMIT 20

-- step: daily_ip
SELECT 'daily: ip periods', mart.device_ip, mart.date
FROM marts.daily AS mart
LEFT JOIN marts.ip_daily AS own ON mart.device_ip = own.device_ip AND mart.date = own.date
WHERE (mart.device_ip_period_id, mart.device_ip_period_length, mart.device_ip_is_first_in_period, mart.device_ip_unique_period_length)
   != (own.device_ip_period_id, own.device_ip_period_length, own.device_ip_is_first_in_period, own.device_ip_unique_period_length)
LIMIT 20
