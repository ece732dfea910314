-- What --dry-run shows. Reads only.

-- step: counts
WITH
    meta AS
    (
        SELECT user_id, host, device_ip FROM rtb.meta_v8
        WHERE event_date BETWEEN {day:Date} - 1 AND {day:Date} + 1
          AND toDate(event_time, 'Europe/Moscow') = {day:Date}
    ),
    preclick AS
    (
        SELECT xxh3_128(event_date, event_time, resp_bid_id, ssp_id, dsp_id, user_id, imp_id, imp_id_source) AS key
        FROM rtb.yandex_preclick
        WHERE event_date BETWEEN {day:Date} - 1 AND {day:Date} + 1
          AND toDate(event_time, 'Europe/Moscow') = {day:Date}
    )
SELECT
    {day:Date} AS date,
    (SELECT count() FROM meta) AS bids,
    (SELECT count() FROM preclick) AS preclick_rows,
    (SELECT uniqExact(key) FROM preclick) AS preclicks,
    (SELECT count() FROM marts.manifest WHERE date = {day:Date} AND status = 'success') AS published_before
    [[entity: , (SELECT saltCount(max(rows), 1000000, 1.5) FROM (SELECT count() AS rows FROM meta GROUP BY {name})) AS {entity}_salts]]
FORMAT Vertical

-- step: plan
-- The months in which rows may change: those that the periods around the day reach, going by what is
-- published. Of a month that is not the day's own, only parts with such rows are written.
WITH meta AS
(
    SELECT user_id, host, device_ip FROM rtb.meta_v8
    WHERE event_date BETWEEN {day:Date} - 1 AND {day:Date} + 1
      AND toDate(event_time, 'Europe/Moscow') = {day:Date}
)
SELECT arrayStringConcat(arraySort(groupUniqArray(month)), ' ') AS months_to_publish
FROM
(
    SELECT toYYYYMM({day:Date}) AS month
    [[entity: UNION ALL
    SELECT toYYYYMM(date) AS month FROM marts.{table}
    WHERE {name}_period_id IN (SELECT {name}_period_id FROM marts.{table}
        WHERE date BETWEEN {day:Date} - 1 AND {day:Date} + 1 AND {name} IN (SELECT {name} FROM meta))]]
)
FORMAT Vertical

-- step: month
-- A month of a backfill: {first:Date} is its first day. The salts are those of its largest day.
WITH meta AS
(
    SELECT toDate(event_time, 'Europe/Moscow') AS day, user_id, host, device_ip FROM rtb.meta_v8
    WHERE event_date BETWEEN {first:Date} - 1 AND addMonths({first:Date}, 1)
      AND toYYYYMM(day) = toYYYYMM({first:Date})
)
SELECT
    toYYYYMM({first:Date}) AS month_to_publish,
    (SELECT uniqExact(day) FROM meta) AS days,
    (SELECT count() FROM meta) AS bids
    [[entity: , (SELECT saltCount(max(rows), 1000000, 1.5) FROM (SELECT count() AS rows FROM meta GROUP BY day, {name})) AS {entity}_salts]]
FORMAT Vertical
