-- What --dry-run shows of some days. Reads only. Salts are those of the largest day; the months are those
-- in which rows may change: those that the periods around the days reach, going by what is published. Of a
-- month that is not the days' own, only parts with such rows are written.
WITH
    meta AS (SELECT toDate(event_time, 'Europe/Moscow') AS date, user_id, host, device_ip FROM rtb.meta_v8 WHERE {of_days}),
    days AS (SELECT arrayJoin({days}) AS date)
SELECT
    arrayMin({days}) AS first_day,
    length({days}) AS days,
    (SELECT count() FROM meta) AS bids,
    (SELECT count() FROM rtb.yandex_preclick WHERE {of_days}) AS preclick_rows,
    (SELECT uniqExact(date) FROM marts.manifest WHERE has({days}, date) AND status = 'success') AS published_before,
    [[entity: (SELECT max(salts) FROM (SELECT {salts} AS salts FROM meta GROUP BY date, {name})) AS {entity}_salts,]]
    (
        SELECT arrayStringConcat(arraySort(groupUniqArray(month)), ' ')
        FROM
        (
            SELECT toYYYYMM(date) AS month FROM days
            [[entity: UNION ALL
            SELECT toYYYYMM(date) AS month FROM marts.{table}
            WHERE {name}_period_id IN (SELECT {name}_period_id FROM marts.{table} WHERE date IN ({beside}) AND {name} IN (SELECT {name} FROM meta))]]
        )
    ) AS months_to_publish
FORMAT Vertical
