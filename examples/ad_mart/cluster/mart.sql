-- The steps of mart.sql over a cluster named `shards`: each shard joins and aggregates its own rows
-- (what stands in view(...)), and only its parts travel to the node that runs the mart, which merges
-- them. Every other step is that of ../mart.sql; ad_mart takes this folder with --sql.

-- step: create_preclick
-- Nothing is kept here: the views of node.sql stand for the tables preclick and events.
SELECT 'on the shards' FORMAT Null

-- step: create_events
SELECT 'on the shards' FORMAT Null

-- step: clear_preclick
SELECT 'on the shards' FORMAT Null

-- step: clear_events
SELECT 'on the shards' FORMAT Null

-- step: dedup
SELECT 'on the shards' FORMAT Null

-- step: join
SELECT 'on the shards' FORMAT Null

-- step: counts
SELECT
    (SELECT count() FROM rtb.meta_v8
     WHERE event_date BETWEEN {day:Date} - 1 AND {day:Date} + 1
       AND toDate(event_time, 'Europe/Moscow') = {day:Date}) AS meta_rows,
    (SELECT sum(rows) FROM cluster('shards', view(
        SELECT count() AS rows FROM marts.events_of_day(day = {day:Date})))) AS joined_rows,
    (SELECT sum(rows) FROM cluster('shards', view(
        SELECT count() AS rows FROM marts.preclick_of_day(day = {day:Date})))) AS preclick_rows

-- step: salts
-- What a shard aggregates is its own part of a group, so the largest part counts.
SELECT
    (SELECT saltCount(max(rows), 1000000, 1.5) FROM cluster('shards', view(
        SELECT count() AS rows FROM marts.events_of_day(day = {day:Date}) GROUP BY user_id))) AS user_salts,
    (SELECT saltCount(max(rows), 1000000, 1.5) FROM cluster('shards', view(
        SELECT count() AS rows FROM marts.events_of_day(day = {day:Date}) GROUP BY host))) AS host_salts

-- step: user
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
FROM cluster('shards', view(
    SELECT
        user_id,
        saltOf(bid_id, {user_salts:UInt64}) AS salt,
        count() AS events,
        activityState(groupArray(date)) AS activity,
        exactState(groupArray(ctr)) AS ctr,
        exactState(groupArray(avg_visit_duration)) AS avg_visit_duration,
        exactState(groupArray(avg_duration_per_page)) AS avg_duration_per_page,
        exactState(groupArray(time_show_to_view)) AS time_show_to_view
    FROM marts.events_of_day(day = {day:Date})
    GROUP BY user_id, salt)) AS part
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
FROM cluster('shards', view(
    SELECT
        host,
        saltOf(bid_id, {host_salts:UInt64}) AS salt,
        count() AS events,
        activityState(groupArray(date)) AS activity,
        exactState(groupArray(ctr)) AS ctr,
        exactState(groupArray(avg_visit_duration)) AS avg_visit_duration,
        exactState(groupArray(avg_duration_per_page)) AS avg_duration_per_page,
        exactState(groupArray(time_show_to_view)) AS time_show_to_view
    FROM marts.events_of_day(day = {day:Date})
    GROUP BY host, salt)) AS part
GROUP BY host

-- step: ip
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
FROM cluster('shards', view(
    SELECT
        device_ip,
        count() AS events,
        activityState(groupArray(date)) AS activity,
        exactState(groupArray(ctr)) AS ctr,
        exactState(groupArray(avg_visit_duration)) AS avg_visit_duration,
        exactState(groupArray(avg_duration_per_page)) AS avg_duration_per_page,
        exactState(groupArray(time_show_to_view)) AS time_show_to_view
    FROM marts.events_of_day(day = {day:Date})
    GROUP BY device_ip)) AS part
GROUP BY device_ip

-- step: daily
-- A group of the finest grain may lie on one shard or on several; its few values are sorted here.
INSERT INTO new_daily (user_id, host, device_ip, date, daily_events,
    daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view)
SELECT
    user_id,
    host,
    device_ip,
    {day:Date},
    sum(part.events),
    welfordState(arraySort(groupArrayArray(part.ctr))),
    welfordState(arraySort(groupArrayArray(part.avg_visit_duration))),
    welfordState(arraySort(groupArrayArray(part.avg_duration_per_page))),
    welfordState(arraySort(groupArrayArray(part.time_show_to_view)))
FROM cluster('shards', view(
    SELECT
        user_id,
        host,
        device_ip,
        count() AS events,
        groupArray(ctr) AS ctr,
        groupArray(avg_visit_duration) AS avg_visit_duration,
        groupArray(avg_duration_per_page) AS avg_duration_per_page,
        groupArray(time_show_to_view) AS time_show_to_view
    FROM marts.events_of_day(day = {day:Date})
    GROUP BY user_id, host, device_ip)) AS part
GROUP BY user_id, host, device_ip
