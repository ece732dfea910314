-- One day's marts from raw rows. The script ad_mart runs these steps by name, one after the other, in
-- a database of the run's own: names without a database are tables of that run, nobody else reads
-- them. {day:Date} is the day, in Moscow. periods.sql adds the period columns, publish.sql shows the
-- result to readers.

-- step: create_days
-- The days of this run.
CREATE TABLE days (date Date) ENGINE = MergeTree ORDER BY date

-- step: create_preclick
-- The latest preclick of each key.
CREATE TABLE preclick AS rtb.yandex_preclick
ENGINE = MergeTree ORDER BY (event_date, event_time, resp_bid_id)

-- step: create_events
-- The day's bids with what followed the click. A metric is NULL unless it is a finite number, so the
-- aggregates below skip what is missing, infinite (page_depth 0) or NaN.
CREATE TABLE events
(
    user_id                UInt64,
    host                   LowCardinality(String),
    device_ip              String,
    date                   Date,
    bid_id                 String,
    ctr                    Nullable(Float64),
    avg_visit_duration     Nullable(Float64),
    avg_duration_per_page  Nullable(Float64),
    time_show_to_view      Nullable(Float64)
)
ENGINE = MergeTree ORDER BY (user_id, host, device_ip)

-- step: create_new_user
-- The new days, as the marts will hold them, period columns still 0.
CREATE TABLE new_user AS marts.user_daily

-- step: create_new_host
CREATE TABLE new_host AS marts.host_daily

-- step: create_new_ip
CREATE TABLE new_ip AS marts.ip_daily

-- step: create_new_daily
CREATE TABLE new_daily AS marts.daily

-- step: clear_preclick
TRUNCATE TABLE preclick

-- step: clear_events
TRUNCATE TABLE events

-- step: dedup
-- Of the rows of one key the latest; among rows of the same instant the larger values, so that a
-- second run takes the same row. A day in Moscow is rows of up to two dates in the log.
INSERT INTO preclick
SELECT *
FROM rtb.yandex_preclick
WHERE event_date BETWEEN {day:Date} - 1 AND {day:Date} + 1
  AND toDate(event_time, 'Europe/Moscow') = {day:Date}
ORDER BY
    received_at DESC,
    ifNull(page_depth, 0) DESC,
    ifNull(avg_visit_duration, 0) DESC
LIMIT 1 BY event_date, event_time, resp_bid_id, ssp_id, dsp_id, user_id, imp_id, imp_id_source

-- step: join
INSERT INTO events
SELECT
    meta.user_id,
    meta.host,
    meta.device_ip,
    {day:Date} AS date,
    meta.bid_id,
    if(isFinite(meta.ctr), meta.ctr, NULL) AS ctr,
    if(isFinite(preclick.avg_visit_duration), preclick.avg_visit_duration, NULL) AS avg_visit_duration,
    if(isFinite(preclick.avg_visit_duration / preclick.page_depth),
        preclick.avg_visit_duration / preclick.page_depth, NULL) AS avg_duration_per_page,
    if(isFinite(meta.time_show_to_view), meta.time_show_to_view, NULL) AS time_show_to_view
FROM rtb.meta_v8 AS meta
LEFT JOIN preclick
    ON meta.event_date = preclick.event_date
    AND meta.event_time = preclick.event_time
    AND meta.bid_id = preclick.resp_bid_id
    AND meta.ssp_id = preclick.ssp_id
    AND meta.dsp_id = preclick.dsp_id
    AND meta.user_id = preclick.user_id
    AND meta.imp_id = preclick.imp_id
    AND meta.imp_id_source = preclick.imp_id_source
WHERE meta.event_date BETWEEN {day:Date} - 1 AND {day:Date} + 1
  AND toDate(meta.event_time, 'Europe/Moscow') = {day:Date}

-- step: counts
-- The join must neither lose nor multiply a bid: the run stops when the first two numbers differ.
SELECT
    (SELECT count() FROM rtb.meta_v8
     WHERE event_date BETWEEN {day:Date} - 1 AND {day:Date} + 1
       AND toDate(event_time, 'Europe/Moscow') = {day:Date}) AS meta_rows,
    (SELECT count() FROM events) AS joined_rows,
    (SELECT count() FROM preclick) AS preclick_rows

-- step: salts
-- Into how many parts the rows of one user, and of one host, are spread: 1 while the largest has
-- fewer than a million, then half as many again as it has millions.
SELECT
    (SELECT saltCount(max(rows), 1000000, 1.5) FROM (SELECT count() AS rows FROM events GROUP BY user_id)) AS user_salts,
    (SELECT saltCount(max(rows), 1000000, 1.5) FROM (SELECT count() AS rows FROM events GROUP BY host)) AS host_salts

-- step: user
-- First per user and salt, then per user. exactState and exactMoments round once, at the end: the
-- same bits whatever the salts, the threads and the shards were.
INSERT INTO new_user (user_id, date, daily_events, activity,
    daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view)
SELECT
    user_id,
    {day:Date},
    sum(part.events),
    activityMerge(groupArray(part.activity)),
    exactMoments(exactMerge(groupArray(part.ctr))),
    exactMoments(exactMerge(groupArray(part.avg_visit_duration))),
    exactMoments(exactMerge(groupArray(part.avg_duration_per_page))),
    exactMoments(exactMerge(groupArray(part.time_show_to_view)))
FROM
(
    SELECT
        user_id,
        saltOf(bid_id, {user_salts:UInt64}) AS salt,
        count() AS events,
        activityState(groupArray(date)) AS activity,
        exactState(groupArray(ctr)) AS ctr,
        exactState(groupArray(avg_visit_duration)) AS avg_visit_duration,
        exactState(groupArray(avg_duration_per_page)) AS avg_duration_per_page,
        exactState(groupArray(time_show_to_view)) AS time_show_to_view
    FROM events
    GROUP BY user_id, salt
) AS part
GROUP BY user_id

-- step: host
INSERT INTO new_host (host, date, daily_events, activity,
    daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view)
SELECT
    host,
    {day:Date},
    sum(part.events),
    activityMerge(groupArray(part.activity)),
    exactMoments(exactMerge(groupArray(part.ctr))),
    exactMoments(exactMerge(groupArray(part.avg_visit_duration))),
    exactMoments(exactMerge(groupArray(part.avg_duration_per_page))),
    exactMoments(exactMerge(groupArray(part.time_show_to_view)))
FROM
(
    SELECT
        host,
        saltOf(bid_id, {host_salts:UInt64}) AS salt,
        count() AS events,
        activityState(groupArray(date)) AS activity,
        exactState(groupArray(ctr)) AS ctr,
        exactState(groupArray(avg_visit_duration)) AS avg_visit_duration,
        exactState(groupArray(avg_duration_per_page)) AS avg_duration_per_page,
        exactState(groupArray(time_show_to_view)) AS time_show_to_view
    FROM events
    GROUP BY host, salt
) AS part
GROUP BY host

-- step: ip
-- No ip is hot, so there is no salt; over several shards there is still one part per shard.
INSERT INTO new_ip (device_ip, date, daily_events, activity,
    daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view)
SELECT
    device_ip,
    {day:Date},
    sum(part.events),
    activityMerge(groupArray(part.activity)),
    exactMoments(exactMerge(groupArray(part.ctr))),
    exactMoments(exactMerge(groupArray(part.avg_visit_duration))),
    exactMoments(exactMerge(groupArray(part.avg_duration_per_page))),
    exactMoments(exactMerge(groupArray(part.time_show_to_view)))
FROM
(
    SELECT
        device_ip,
        count() AS events,
        activityState(groupArray(date)) AS activity,
        exactState(groupArray(ctr)) AS ctr,
        exactState(groupArray(avg_visit_duration)) AS avg_visit_duration,
        exactState(groupArray(avg_duration_per_page)) AS avg_duration_per_page,
        exactState(groupArray(time_show_to_view)) AS time_show_to_view
    FROM events
    GROUP BY device_ip
) AS part
GROUP BY device_ip

-- step: daily
-- The finest grain has groups of a few rows: the cheaper Welford state does, over sorted values, so
-- that a second run gives the same bits. The rows of events are in the order of the groups.
INSERT INTO new_daily (user_id, host, device_ip, date, daily_events,
    daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view)
SELECT
    user_id,
    host,
    device_ip,
    {day:Date},
    count(),
    welfordState(arraySort(groupArray(ctr))),
    welfordState(arraySort(groupArray(avg_visit_duration))),
    welfordState(arraySort(groupArray(avg_duration_per_page))),
    welfordState(arraySort(groupArray(time_show_to_view)))
FROM events
GROUP BY user_id, host, device_ip
SETTINGS optimize_aggregation_in_order = 1

-- step: add_day
INSERT INTO days VALUES ({day:Date})
