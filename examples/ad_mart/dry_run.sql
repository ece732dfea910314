-- What --dry-run shows. Reads only.

-- step: counts
WITH
    meta AS
    (
        SELECT user_id, host FROM rtb.meta_v8
        WHERE event_date BETWEEN {day:Date} - 1 AND {day:Date} + 1
          AND toDate(event_time, 'Europe/Moscow') = {day:Date}
    ),
    preclick AS
    (
        SELECT event_date, event_time, resp_bid_id, ssp_id, dsp_id, user_id, imp_id, imp_id_source
        FROM rtb.yandex_preclick
        WHERE event_date BETWEEN {day:Date} - 1 AND {day:Date} + 1
          AND toDate(event_time, 'Europe/Moscow') = {day:Date}
    )
SELECT
    {day:Date} AS date,
    (SELECT count() FROM meta) AS bids,
    (SELECT count() FROM preclick) AS preclick_rows,
    (SELECT count() FROM (SELECT DISTINCT * FROM preclick)) AS preclicks,
    (SELECT count() FROM marts.manifest WHERE date = {day:Date} AND status = 'success') AS published_before,
    (SELECT saltCount(max(rows), 1000000, 1.5) FROM (SELECT count() AS rows FROM meta GROUP BY user_id)) AS user_salts,
    (SELECT saltCount(max(rows), 1000000, 1.5) FROM (SELECT count() AS rows FROM meta GROUP BY host)) AS host_salts
FORMAT Vertical

-- step: plan
-- The months that the periods around the day reach, going by what is published.
WITH
    meta AS
    (
        SELECT user_id, host, device_ip FROM rtb.meta_v8
        WHERE event_date BETWEEN {day:Date} - 1 AND {day:Date} + 1
          AND toDate(event_time, 'Europe/Moscow') = {day:Date}
    )
SELECT
    arrayStringConcat(arraySort(arrayDistinct(arrayConcat([toYYYYMM({day:Date})], groupArray(DISTINCT month)))), ' ') AS months_to_publish
FROM
(
    SELECT toYYYYMM(date) AS month FROM marts.user_daily
    WHERE user_id_period_id IN (SELECT user_id_period_id FROM marts.user_daily
        WHERE date BETWEEN {day:Date} - 1 AND {day:Date} + 1 AND user_id IN (SELECT user_id FROM meta))
    UNION ALL
    SELECT toYYYYMM(date) AS month FROM marts.host_daily
    WHERE host_period_id IN (SELECT host_period_id FROM marts.host_daily
        WHERE date BETWEEN {day:Date} - 1 AND {day:Date} + 1 AND host IN (SELECT host FROM meta))
    UNION ALL
    SELECT toYYYYMM(date) AS month FROM marts.ip_daily
    WHERE device_ip_period_id IN (SELECT device_ip_period_id FROM marts.ip_daily
        WHERE date BETWEEN {day:Date} - 1 AND {day:Date} + 1 AND device_ip IN (SELECT device_ip FROM meta))
)
FORMAT Vertical

-- step: month
-- A month of a backfill: {first:Date} is its first day. The salts are those of its largest day.
WITH meta AS
(
    SELECT toDate(event_time, 'Europe/Moscow') AS day, user_id, host FROM rtb.meta_v8
    WHERE event_date BETWEEN {first:Date} - 1 AND addMonths({first:Date}, 1)
      AND toYYYYMM(day) = toYYYYMM({first:Date})
)
SELECT
    toYYYYMM({first:Date}) AS month_to_publish,
    (SELECT uniqExact(day) FROM meta) AS days,
    (SELECT count() FROM meta) AS bids,
    (SELECT saltCount(max(rows), 1000000, 1.5) FROM (SELECT count() AS rows FROM meta GROUP BY day, user_id)) AS user_salts,
    (SELECT saltCount(max(rows), 1000000, 1.5) FROM (SELECT count() AS rows FROM meta GROUP BY day, host)) AS host_salts
FORMAT Vertical
