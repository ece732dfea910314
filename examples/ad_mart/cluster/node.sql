-- On every node, after schema.sql: its shard of the raw tables becomes rtb_node, and two views join the
-- shard's own rows. The shards are cut by user_id, which is in the join's key, so that a bid and its
-- preclicks are on the same one.
RENAME DATABASE rtb TO rtb_node;

CREATE VIEW marts.preclick_of_day AS
SELECT *
FROM rtb_node.yandex_preclick
WHERE event_date BETWEEN {day:Date} - 1 AND {day:Date} + 1
  AND toDate(event_time, 'Europe/Moscow') = {day:Date}
ORDER BY
    received_at DESC,
    ifNull(page_depth, 0) DESC,
    ifNull(avg_visit_duration, 0) DESC
LIMIT 1 BY event_date, event_time, resp_bid_id, ssp_id, dsp_id, user_id, imp_id, imp_id_source;

CREATE VIEW marts.events_of_day AS
SELECT
    meta.user_id AS user_id,
    meta.host AS host,
    meta.device_ip AS device_ip,
    {day:Date} AS date,
    meta.bid_id AS bid_id,
    if(isFinite(meta.ctr), meta.ctr, NULL) AS ctr,
    if(isFinite(preclick.avg_visit_duration), preclick.avg_visit_duration, NULL) AS avg_visit_duration,
    if(isFinite(preclick.avg_visit_duration / preclick.page_depth),
        preclick.avg_visit_duration / preclick.page_depth, NULL) AS avg_duration_per_page,
    if(isFinite(meta.time_show_to_view), meta.time_show_to_view, NULL) AS time_show_to_view
FROM rtb_node.meta_v8 AS meta
LEFT JOIN marts.preclick_of_day(day = {day:Date}) AS preclick
    ON meta.event_date = preclick.event_date
    AND meta.event_time = preclick.event_time
    AND meta.bid_id = preclick.resp_bid_id
    AND meta.ssp_id = preclick.ssp_id
    AND meta.dsp_id = preclick.dsp_id
    AND meta.user_id = preclick.user_id
    AND meta.imp_id = preclick.imp_id
    AND meta.imp_id_source = preclick.imp_id_source
WHERE meta.event_date BETWEEN {day:Date} - 1 AND {day:Date} + 1
  AND toDate(meta.event_time, 'Europe/Moscow') = {day:Date};
