-- The mart kept by ClickHouse itself: refreshable materialized views, once a day, no scheduler outside.
-- Fill the history with `ad_mart backfill` first; from then on the views compute the open days and
-- write marts.* themselves. Each view's answer is computed aside and exchanged with its table at once;
-- where one fails, the old rows stay, those behind it wait, and system.view_refreshes says why.
--
--   open_days > events > check > new_user, new_host, new_ip, new_daily > user, host, ip > daily > manifest
--
-- Every refresh rewrites the marts' tables whole, from their own rows and the open days: meant for a
-- history that fits one query. For more, run `ad_mart --date` from cron. Not both at one time: check
-- refuses while a run holds its lock.

CREATE DATABASE IF NOT EXISTS marts_auto ENGINE = Atomic;

-- The days that are computed anew: the last three in Moscow, for rows that arrive late.
CREATE VIEW marts_auto.open_days AS
SELECT toDate(now('Europe/Moscow')) - number AS date FROM numbers(1, 3);

CREATE VIEW marts_auto.bids AS
SELECT *, toDate(event_time, 'Europe/Moscow') AS date
FROM rtb.meta_v8
WHERE event_date BETWEEN (SELECT min(date) - 1 FROM marts_auto.open_days) AND (SELECT max(date) + 1 FROM marts_auto.open_days)
  AND toDate(event_time, 'Europe/Moscow') IN (SELECT date FROM marts_auto.open_days);

CREATE MATERIALIZED VIEW marts_auto.events
REFRESH EVERY 1 DAY OFFSET 3 HOUR
ENGINE = MergeTree ORDER BY (date, user_id, host, device_ip) EMPTY AS
SELECT
    meta.date AS date,
    meta.user_id AS user_id,
    meta.host AS host,
    meta.device_ip AS device_ip,
    meta.bid_id AS bid_id,
    if(isFinite(meta.ctr), meta.ctr, NULL) AS ctr,
    if(isFinite(preclick.avg_visit_duration), preclick.avg_visit_duration, NULL) AS avg_visit_duration,
    if(isFinite(preclick.avg_visit_duration / preclick.page_depth),
        preclick.avg_visit_duration / preclick.page_depth, NULL) AS avg_duration_per_page,
    if(isFinite(meta.time_show_to_view), meta.time_show_to_view, NULL) AS time_show_to_view
FROM marts_auto.bids AS meta
LEFT JOIN
(
    SELECT *
    FROM rtb.yandex_preclick
    WHERE event_date BETWEEN (SELECT min(date) - 1 FROM marts_auto.open_days) AND (SELECT max(date) + 1 FROM marts_auto.open_days)
    ORDER BY received_at DESC, ifNull(page_depth, 0) DESC, ifNull(avg_visit_duration, 0) DESC
    LIMIT 1 BY event_date, event_time, resp_bid_id, ssp_id, dsp_id, user_id, imp_id, imp_id_source
) AS preclick
    ON meta.event_date = preclick.event_date
    AND meta.event_time = preclick.event_time
    AND meta.bid_id = preclick.resp_bid_id
    AND meta.ssp_id = preclick.ssp_id
    AND meta.dsp_id = preclick.dsp_id
    AND meta.user_id = preclick.user_id
    AND meta.imp_id = preclick.imp_id
    AND meta.imp_id_source = preclick.imp_id_source;

-- The row-count check, and the salts of the open days. What comes next depends on it.
CREATE MATERIALIZED VIEW marts_auto.check
REFRESH EVERY 1 DAY OFFSET 3 HOUR DEPENDS ON marts_auto.events
ENGINE = MergeTree ORDER BY tuple() EMPTY AS
SELECT
    (SELECT saltCount(max(rows), 1000000, 1.5) FROM (SELECT count() AS rows FROM marts_auto.events GROUP BY user_id, date)) AS user_salts,
    (SELECT saltCount(max(rows), 1000000, 1.5) FROM (SELECT count() AS rows FROM marts_auto.events GROUP BY host, date)) AS host_salts
WHERE NOT throwIf((SELECT count() FROM marts_auto.events) != (SELECT count() FROM marts_auto.bids),
        'the join changed the number of rows')
  AND NOT throwIf((SELECT count() FROM system.tables WHERE database = 'marts' AND name = 'publish_lock') > 0,
        'a run of ad_mart holds the lock');

CREATE MATERIALIZED VIEW marts_auto.new_user
REFRESH EVERY 1 DAY OFFSET 3 HOUR DEPENDS ON marts_auto.check
ENGINE = MergeTree ORDER BY (user_id, date) EMPTY AS
SELECT
    user_id,
    date,
    sum(part.events) AS daily_events,
    activityMerge(groupArray(part.activity)) AS activity,
    exactMoments(exactMerge(groupArray(part.ctr))) AS daily_ctr,
    exactMoments(exactMerge(groupArray(part.avg_visit_duration))) AS daily_avg_visit_duration,
    exactMoments(exactMerge(groupArray(part.avg_duration_per_page))) AS daily_avg_duration_per_page,
    exactMoments(exactMerge(groupArray(part.time_show_to_view))) AS daily_time_show_to_view
FROM
(
    SELECT
        user_id,
        date,
        saltOf(bid_id, (SELECT any(user_salts) FROM marts_auto.check)) AS salt,
        count() AS events,
        activityState(groupArray(date)) AS activity,
        exactState(groupArray(ctr)) AS ctr,
        exactState(groupArray(avg_visit_duration)) AS avg_visit_duration,
        exactState(groupArray(avg_duration_per_page)) AS avg_duration_per_page,
        exactState(groupArray(time_show_to_view)) AS time_show_to_view
    FROM marts_auto.events
    GROUP BY user_id, date, salt
) AS part
GROUP BY user_id, date;

CREATE MATERIALIZED VIEW marts_auto.new_host
REFRESH EVERY 1 DAY OFFSET 3 HOUR DEPENDS ON marts_auto.check
ENGINE = MergeTree ORDER BY (host, date) EMPTY AS
SELECT
    host,
    date,
    sum(part.events) AS daily_events,
    activityMerge(groupArray(part.activity)) AS activity,
    exactMoments(exactMerge(groupArray(part.ctr))) AS daily_ctr,
    exactMoments(exactMerge(groupArray(part.avg_visit_duration))) AS daily_avg_visit_duration,
    exactMoments(exactMerge(groupArray(part.avg_duration_per_page))) AS daily_avg_duration_per_page,
    exactMoments(exactMerge(groupArray(part.time_show_to_view))) AS daily_time_show_to_view
FROM
(
    SELECT
        host,
        date,
        saltOf(bid_id, (SELECT any(host_salts) FROM marts_auto.check)) AS salt,
        count() AS events,
        activityState(groupArray(date)) AS activity,
        exactState(groupArray(ctr)) AS ctr,
        exactState(groupArray(avg_visit_duration)) AS avg_visit_duration,
        exactState(groupArray(avg_duration_per_page)) AS avg_duration_per_page,
        exactState(groupArray(time_show_to_view)) AS time_show_to_view
    FROM marts_auto.events
    GROUP BY host, date, salt
) AS part
GROUP BY host, date;

CREATE MATERIALIZED VIEW marts_auto.new_ip
REFRESH EVERY 1 DAY OFFSET 3 HOUR DEPENDS ON marts_auto.check
ENGINE = MergeTree ORDER BY (device_ip, date) EMPTY AS
SELECT
    device_ip,
    date,
    sum(part.events) AS daily_events,
    activityMerge(groupArray(part.activity)) AS activity,
    exactMoments(exactMerge(groupArray(part.ctr))) AS daily_ctr,
    exactMoments(exactMerge(groupArray(part.avg_visit_duration))) AS daily_avg_visit_duration,
    exactMoments(exactMerge(groupArray(part.avg_duration_per_page))) AS daily_avg_duration_per_page,
    exactMoments(exactMerge(groupArray(part.time_show_to_view))) AS daily_time_show_to_view
FROM
(
    SELECT
        device_ip,
        date,
        count() AS events,
        activityState(groupArray(date)) AS activity,
        exactState(groupArray(ctr)) AS ctr,
        exactState(groupArray(avg_visit_duration)) AS avg_visit_duration,
        exactState(groupArray(avg_duration_per_page)) AS avg_duration_per_page,
        exactState(groupArray(time_show_to_view)) AS time_show_to_view
    FROM marts_auto.events
    GROUP BY device_ip, date
) AS part
GROUP BY device_ip, date;

CREATE MATERIALIZED VIEW marts_auto.new_daily
REFRESH EVERY 1 DAY OFFSET 3 HOUR DEPENDS ON marts_auto.check
ENGINE = MergeTree ORDER BY (user_id, host, device_ip, date) EMPTY AS
SELECT
    user_id,
    host,
    device_ip,
    date,
    count() AS daily_events,
    welfordState(arraySort(groupArray(ctr))) AS daily_ctr,
    welfordState(arraySort(groupArray(avg_visit_duration))) AS daily_avg_visit_duration,
    welfordState(arraySort(groupArray(avg_duration_per_page))) AS daily_avg_duration_per_page,
    welfordState(arraySort(groupArray(time_show_to_view))) AS daily_time_show_to_view
FROM marts_auto.events
GROUP BY user_id, host, device_ip, date;

-- The mart's own rows of the closed days, the open days' new ones, and everybody's periods from the
-- whole history.
CREATE VIEW marts_auto.all_user AS
SELECT user_id, date, daily_events, activity, daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view
FROM marts.user_daily WHERE date NOT IN (SELECT DISTINCT date FROM marts_auto.new_user)
UNION ALL
SELECT user_id, date, daily_events, activity, daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view
FROM marts_auto.new_user;

CREATE MATERIALIZED VIEW marts_auto.user
REFRESH EVERY 1 DAY OFFSET 3 HOUR DEPENDS ON marts_auto.new_user TO marts.user_daily EMPTY AS
WITH
    histories AS
    (
        SELECT user_id, arrayJoin(activityPeriods(user_id, activityMerge(groupArray(activity)), 1, 0)) AS period
        FROM marts_auto.all_user
        GROUP BY user_id
    ),
    periods AS
    (
        SELECT user_id, period, arrayJoin(range(toUInt32(period.first_tick), toUInt32(period.last_tick) + 1)) AS tick
        FROM histories
    )
SELECT
    row.user_id AS user_id,
    row.date AS date,
    row.daily_events AS daily_events,
    row.activity AS activity,
    row.daily_ctr AS daily_ctr,
    row.daily_avg_visit_duration AS daily_avg_visit_duration,
    row.daily_avg_duration_per_page AS daily_avg_duration_per_page,
    row.daily_time_show_to_view AS daily_time_show_to_view,
    period.id AS user_id_period_id,
    period.length AS user_id_period_length,
    toUInt8(tick = period.first_tick) AS user_id_is_first_in_period,
    period.unique_length AS user_id_unique_period_length
FROM marts_auto.all_user AS row
JOIN periods ON row.user_id = periods.user_id AND toUInt32(row.date) = periods.tick;

-- The mart's own rows of the closed days, the open days' new ones, and everybody's periods from the
-- whole history.
CREATE VIEW marts_auto.all_host AS
SELECT host, date, daily_events, activity, daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view
FROM marts.host_daily WHERE date NOT IN (SELECT DISTINCT date FROM marts_auto.new_host)
UNION ALL
SELECT host, date, daily_events, activity, daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view
FROM marts_auto.new_host;

CREATE MATERIALIZED VIEW marts_auto.host
REFRESH EVERY 1 DAY OFFSET 3 HOUR DEPENDS ON marts_auto.new_host TO marts.host_daily EMPTY AS
WITH
    histories AS
    (
        SELECT host, arrayJoin(activityPeriods(xxh3(CAST(host, 'String')), activityMerge(groupArray(activity)), 1, 0)) AS period
        FROM marts_auto.all_host
        GROUP BY host
    ),
    periods AS
    (
        SELECT host, period, arrayJoin(range(toUInt32(period.first_tick), toUInt32(period.last_tick) + 1)) AS tick
        FROM histories
    )
SELECT
    row.host AS host,
    row.date AS date,
    row.daily_events AS daily_events,
    row.activity AS activity,
    row.daily_ctr AS daily_ctr,
    row.daily_avg_visit_duration AS daily_avg_visit_duration,
    row.daily_avg_duration_per_page AS daily_avg_duration_per_page,
    row.daily_time_show_to_view AS daily_time_show_to_view,
    period.id AS host_period_id,
    period.length AS host_period_length,
    toUInt8(tick = period.first_tick) AS host_is_first_in_period,
    period.unique_length AS host_unique_period_length
FROM marts_auto.all_host AS row
JOIN periods ON row.host = periods.host AND toUInt32(row.date) = periods.tick;

-- The mart's own rows of the closed days, the open days' new ones, and everybody's periods from the
-- whole history.
CREATE VIEW marts_auto.all_ip AS
SELECT device_ip, date, daily_events, activity, daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view
FROM marts.ip_daily WHERE date NOT IN (SELECT DISTINCT date FROM marts_auto.new_ip)
UNION ALL
SELECT device_ip, date, daily_events, activity, daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view
FROM marts_auto.new_ip;

CREATE MATERIALIZED VIEW marts_auto.ip
REFRESH EVERY 1 DAY OFFSET 3 HOUR DEPENDS ON marts_auto.new_ip TO marts.ip_daily EMPTY AS
WITH
    histories AS
    (
        SELECT device_ip, arrayJoin(activityPeriods(xxh3(CAST(device_ip, 'String')), activityMerge(groupArray(activity)), 1, 0)) AS period
        FROM marts_auto.all_ip
        GROUP BY device_ip
    ),
    periods AS
    (
        SELECT device_ip, period, arrayJoin(range(toUInt32(period.first_tick), toUInt32(period.last_tick) + 1)) AS tick
        FROM histories
    )
SELECT
    row.device_ip AS device_ip,
    row.date AS date,
    row.daily_events AS daily_events,
    row.activity AS activity,
    row.daily_ctr AS daily_ctr,
    row.daily_avg_visit_duration AS daily_avg_visit_duration,
    row.daily_avg_duration_per_page AS daily_avg_duration_per_page,
    row.daily_time_show_to_view AS daily_time_show_to_view,
    period.id AS device_ip_period_id,
    period.length AS device_ip_period_length,
    toUInt8(tick = period.first_tick) AS device_ip_is_first_in_period,
    period.unique_length AS device_ip_unique_period_length
FROM marts_auto.all_ip AS row
JOIN periods ON row.device_ip = periods.device_ip AND toUInt32(row.date) = periods.tick;

CREATE VIEW marts_auto.all_daily AS
SELECT user_id, host, device_ip, date, daily_events, daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view
FROM marts.daily WHERE date NOT IN (SELECT DISTINCT date FROM marts_auto.new_daily)
UNION ALL
SELECT user_id, host, device_ip, date, daily_events, daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view
FROM marts_auto.new_daily;

-- The finest grain takes its period columns from the three marts above.
CREATE MATERIALIZED VIEW marts_auto.daily
REFRESH EVERY 1 DAY OFFSET 3 HOUR
DEPENDS ON marts_auto.new_daily, marts_auto.user, marts_auto.host, marts_auto.ip TO marts.daily EMPTY AS
SELECT
    row.user_id AS user_id,
    row.host AS host,
    row.device_ip AS device_ip,
    row.date AS date,
    row.daily_events AS daily_events,
    row.daily_ctr AS daily_ctr,
    row.daily_avg_visit_duration AS daily_avg_visit_duration,
    row.daily_avg_duration_per_page AS daily_avg_duration_per_page,
    row.daily_time_show_to_view AS daily_time_show_to_view,
    u.user_id_period_id AS user_id_period_id,
    u.user_id_period_length AS user_id_period_length,
    u.user_id_is_first_in_period AS user_id_is_first_in_period,
    u.user_id_unique_period_length AS user_id_unique_period_length,
    h.host_period_id AS host_period_id,
    h.host_period_length AS host_period_length,
    h.host_is_first_in_period AS host_is_first_in_period,
    h.host_unique_period_length AS host_unique_period_length,
    i.device_ip_period_id AS device_ip_period_id,
    i.device_ip_period_length AS device_ip_period_length,
    i.device_ip_is_first_in_period AS device_ip_is_first_in_period,
    i.device_ip_unique_period_length AS device_ip_unique_period_length
FROM marts_auto.all_daily AS row
JOIN marts.user_daily AS u ON row.user_id = u.user_id AND row.date = u.date
JOIN marts.host_daily AS h ON row.host = h.host AND row.date = h.date
JOIN marts.ip_daily AS i ON row.device_ip = i.device_ip AND row.date = i.date;

-- A line per open day. APPEND adds to the table instead of replacing it.
CREATE MATERIALIZED VIEW marts_auto.manifest
REFRESH EVERY 1 DAY OFFSET 3 HOUR DEPENDS ON marts_auto.daily APPEND TO marts.manifest EMPTY AS
SELECT DISTINCT
    date,
    'success' AS status,
    toFloat64(dateDiff('second', toStartOfDay(now()) + INTERVAL 3 HOUR, now())) AS duration_sec,
    '' AS error,
    now() AS processed_at,
    'marts.daily marts.user_daily marts.host_daily marts.ip_daily' AS output,
    'refreshable views' AS run
FROM marts_auto.new_host;
