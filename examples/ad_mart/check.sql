-- The marts against the raw rows, computed another way: all days at once, with ClickHouse's own
-- aggregates and window functions instead of the plugin set's. Each statement prints the rows that differ
-- (at most 20), and nothing where mart and raw rows agree. Counts, period columns and ids must be
-- equal, sums and sums of squares up to a relative 1e-9.

[[entity: WITH
    days AS
    (
        SELECT {name}, toDate(event_time, 'Europe/Moscow') AS date, count() AS events,
            countIf(isFinite(ctr)) AS ctr_count, sumIf(ctr, isFinite(ctr)) AS ctr_sum, sumIf(ctr * ctr, isFinite(ctr)) AS ctr_sum_sq,
            countIf(isFinite(time_show_to_view)) AS show_count, sumIf(time_show_to_view, isFinite(time_show_to_view)) AS show_sum
        FROM rtb.meta_v8
        WHERE date IN (SELECT date FROM marts.manifest WHERE status = 'success')
        GROUP BY {name}, date
    ),
    -- Days in a row have the same distance to their number in the history.
    islands AS (SELECT *, date - row_number() OVER (PARTITION BY {name} ORDER BY date) AS island FROM days),
    expected AS
    (
        SELECT *,
            sum(events) OVER period AS length,
            count() OVER period AS unique_length,
            min(date) OVER period AS first_day,
            xxh3(concat(reinterpretAsFixedString({key}), reinterpretAsFixedString(toInt64(first_day)))) AS id
        FROM islands
        WINDOW period AS (PARTITION BY {name}, island)
    )
SELECT '{entity}', coalesce(expected.{name}, mart.{name}), coalesce(expected.date, mart.date), expected.events, mart.daily_events,
    expected.length, mart.{name}_period_length, expected.unique_length, mart.{name}_unique_period_length
FROM expected
FULL JOIN marts.{table} AS mart ON expected.{name} = mart.{name} AND expected.date = mart.date
WHERE NOT (expected.events = mart.daily_events
    AND expected.length = mart.{name}_period_length
    AND expected.unique_length = mart.{name}_unique_period_length
    AND (expected.date = expected.first_day) = mart.{name}_is_first_in_period
    AND expected.id = mart.{name}_period_id
    AND (expected.ctr_count, expected.show_count) = (mart.daily_ctr.n, mart.daily_time_show_to_view.n)
    AND abs(ifNull(expected.ctr_sum, 0) - mart.daily_sum_ctr) <= 1e-9 * (1 + abs(mart.daily_sum_ctr))
    AND abs(ifNull(expected.ctr_sum_sq, 0) - mart.daily_sum_sq_ctr) <= 1e-9 * (1 + abs(mart.daily_sum_sq_ctr))
    AND abs(ifNull(expected.show_sum, 0) - mart.daily_sum_time_show_to_view) <= 1e-9 * (1 + abs(mart.daily_sum_time_show_to_view)))
LIMIT 20;
]]

-- The finest grain, and that the view finds the three marts' rows of each of its rows.
WITH expected AS
(
    SELECT user_id, CAST(host, 'String') AS host, device_ip, toDate(event_time, 'Europe/Moscow') AS date, count() AS events,
        sumIf(ctr, isFinite(ctr)) AS ctr_sum
    FROM rtb.meta_v8
    WHERE date IN (SELECT date FROM marts.manifest WHERE status = 'success')
    GROUP BY user_id, host, device_ip, date
)
SELECT 'daily', expected.*, mart.daily_events, mart.daily_ctr
FROM expected
FULL JOIN marts.daily_periods AS mart
    ON expected.user_id = mart.user_id AND expected.host = mart.host AND expected.device_ip = mart.device_ip AND expected.date = mart.date
WHERE NOT (expected.events = mart.daily_events
    AND abs(ifNull(expected.ctr_sum, 0) - mart.daily_ctr.n * mart.daily_ctr.mean) <= 1e-9 * (1 + abs(ifNull(expected.ctr_sum, 0)))
    AND mart.user_id_period_length > 0 AND mart.host_period_length > 0 AND mart.device_ip_period_length > 0)
LIMIT 20
