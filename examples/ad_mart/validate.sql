-- The new marts against the Parquet output of an old job, one day. Each step prints what differs, and
-- nothing where both agree: numbers of rows and of events, per metric the sum, the count and the
-- average within a relative 1e-9, and of three keys (the largest and two others) every column.
--   day, old   the day, and the old files as file() takes them: 'old/user_daily/date=2024-01-05/*.parquet'

-- step: user_totals
WITH
    old AS (SELECT * FROM file({old:String}, 'Parquet')),
    new AS (SELECT * FROM marts.user_daily WHERE date = {day:Date}),
    compared AS
    (
        SELECT 'rows' AS what, toFloat64((SELECT count() FROM old)) AS old_value, toFloat64((SELECT count() FROM new)) AS new_value
        UNION ALL SELECT 'events', (SELECT toFloat64(sum(daily_events)) FROM old), (SELECT toFloat64(sum(daily_events)) FROM new)
        UNION ALL SELECT 'sum ctr', (SELECT sum(daily_sum_ctr) FROM old), (SELECT sum(daily_sum_ctr) FROM new)
        UNION ALL SELECT 'count ctr', (SELECT toFloat64(sum(daily_count_ctr)) FROM old), (SELECT toFloat64(sum(daily_count_ctr)) FROM new)
        UNION ALL SELECT 'average ctr', (SELECT sum(daily_sum_ctr) / sum(daily_count_ctr) FROM old), (SELECT sum(daily_sum_ctr) / sum(daily_count_ctr) FROM new)
        UNION ALL SELECT 'sum of squares ctr', (SELECT sum(daily_sum_sq_ctr) FROM old), (SELECT sum(daily_sum_sq_ctr) FROM new)
        UNION ALL SELECT 'sum avg_visit_duration', (SELECT sum(daily_sum_avg_visit_duration) FROM old), (SELECT sum(daily_sum_avg_visit_duration) FROM new)
        UNION ALL SELECT 'count avg_visit_duration', (SELECT toFloat64(sum(daily_count_avg_visit_duration)) FROM old), (SELECT toFloat64(sum(daily_count_avg_visit_duration)) FROM new)
        UNION ALL SELECT 'average avg_visit_duration', (SELECT sum(daily_sum_avg_visit_duration) / sum(daily_count_avg_visit_duration) FROM old), (SELECT sum(daily_sum_avg_visit_duration) / sum(daily_count_avg_visit_duration) FROM new)
        UNION ALL SELECT 'sum of squares avg_visit_duration', (SELECT sum(daily_sum_sq_avg_visit_duration) FROM old), (SELECT sum(daily_sum_sq_avg_visit_duration) FROM new)
        UNION ALL SELECT 'sum avg_duration_per_page', (SELECT sum(daily_sum_avg_duration_per_page) FROM old), (SELECT sum(daily_sum_avg_duration_per_page) FROM new)
        UNION ALL SELECT 'count avg_duration_per_page', (SELECT toFloat64(sum(daily_count_avg_duration_per_page)) FROM old), (SELECT toFloat64(sum(daily_count_avg_duration_per_page)) FROM new)
        UNION ALL SELECT 'average avg_duration_per_page', (SELECT sum(daily_sum_avg_duration_per_page) / sum(daily_count_avg_duration_per_page) FROM old), (SELECT sum(daily_sum_avg_duration_per_page) / sum(daily_count_avg_duration_per_page) FROM new)
        UNION ALL SELECT 'sum of squares avg_duration_per_page', (SELECT sum(daily_sum_sq_avg_duration_per_page) FROM old), (SELECT sum(daily_sum_sq_avg_duration_per_page) FROM new)
        UNION ALL SELECT 'sum time_show_to_view', (SELECT sum(daily_sum_time_show_to_view) FROM old), (SELECT sum(daily_sum_time_show_to_view) FROM new)
        UNION ALL SELECT 'count time_show_to_view', (SELECT toFloat64(sum(daily_count_time_show_to_view)) FROM old), (SELECT toFloat64(sum(daily_count_time_show_to_view)) FROM new)
        UNION ALL SELECT 'average time_show_to_view', (SELECT sum(daily_sum_time_show_to_view) / sum(daily_count_time_show_to_view) FROM old), (SELECT sum(daily_sum_time_show_to_view) / sum(daily_count_time_show_to_view) FROM new)
        UNION ALL SELECT 'sum of squares time_show_to_view', (SELECT sum(daily_sum_sq_time_show_to_view) FROM old), (SELECT sum(daily_sum_sq_time_show_to_view) FROM new)
    )
SELECT 'user_daily' AS mart, what, old_value, new_value
FROM compared
WHERE NOT coalesce(abs(old_value - new_value) <= 1e-9 * abs(new_value), old_value IS NULL AND new_value IS NULL)

-- step: user_keys
WITH
    keys AS
    (
        SELECT user_id AS name FROM marts.user_daily WHERE date = {day:Date} ORDER BY daily_events DESC, name LIMIT 1
        UNION ALL
        SELECT user_id AS name FROM (SELECT user_id FROM marts.user_daily WHERE date = {day:Date} ORDER BY sipHash64(user_id) LIMIT 2)
    ),
    old AS
    (
        SELECT toUInt64(assumeNotNull(user_id)) AS name,
            daily_events,
            daily_sum_ctr, daily_count_ctr, daily_sum_sq_ctr,
            daily_sum_avg_visit_duration, daily_count_avg_visit_duration, daily_sum_sq_avg_visit_duration,
            daily_sum_avg_duration_per_page, daily_count_avg_duration_per_page, daily_sum_sq_avg_duration_per_page,
            daily_sum_time_show_to_view, daily_count_time_show_to_view, daily_sum_sq_time_show_to_view
        FROM file({old:String}, 'Parquet')
    ),
    new AS
    (
        SELECT toUInt64(assumeNotNull(user_id)) AS name,
            daily_events,
            daily_sum_ctr, daily_count_ctr, daily_sum_sq_ctr,
            daily_sum_avg_visit_duration, daily_count_avg_visit_duration, daily_sum_sq_avg_visit_duration,
            daily_sum_avg_duration_per_page, daily_count_avg_duration_per_page, daily_sum_sq_avg_duration_per_page,
            daily_sum_time_show_to_view, daily_count_time_show_to_view, daily_sum_sq_time_show_to_view
        FROM marts.user_daily
        WHERE date = {day:Date} AND user_id IN (SELECT name FROM keys)
    )
SELECT 'user_daily' AS mart, new.*, old.*
FROM new
LEFT JOIN old USING (name)
WHERE NOT coalesce(new.daily_events = old.daily_events
    AND new.daily_count_ctr = old.daily_count_ctr
    AND abs(new.daily_sum_ctr - old.daily_sum_ctr) <= 1e-9 * abs(new.daily_sum_ctr)
    AND abs(new.daily_sum_sq_ctr - old.daily_sum_sq_ctr) <= 1e-9 * abs(new.daily_sum_sq_ctr)
    AND new.daily_count_avg_visit_duration = old.daily_count_avg_visit_duration
    AND abs(new.daily_sum_avg_visit_duration - old.daily_sum_avg_visit_duration) <= 1e-9 * abs(new.daily_sum_avg_visit_duration)
    AND abs(new.daily_sum_sq_avg_visit_duration - old.daily_sum_sq_avg_visit_duration) <= 1e-9 * abs(new.daily_sum_sq_avg_visit_duration)
    AND new.daily_count_avg_duration_per_page = old.daily_count_avg_duration_per_page
    AND abs(new.daily_sum_avg_duration_per_page - old.daily_sum_avg_duration_per_page) <= 1e-9 * abs(new.daily_sum_avg_duration_per_page)
    AND abs(new.daily_sum_sq_avg_duration_per_page - old.daily_sum_sq_avg_duration_per_page) <= 1e-9 * abs(new.daily_sum_sq_avg_duration_per_page)
    AND new.daily_count_time_show_to_view = old.daily_count_time_show_to_view
    AND abs(new.daily_sum_time_show_to_view - old.daily_sum_time_show_to_view) <= 1e-9 * abs(new.daily_sum_time_show_to_view)
    AND abs(new.daily_sum_sq_time_show_to_view - old.daily_sum_sq_time_show_to_view) <= 1e-9 * abs(new.daily_sum_sq_time_show_to_view), 0)

-- step: host_totals
WITH
    old AS (SELECT * FROM file({old:String}, 'Parquet')),
    new AS (SELECT * FROM marts.host_daily WHERE date = {day:Date}),
    compared AS
    (
        SELECT 'rows' AS what, toFloat64((SELECT count() FROM old)) AS old_value, toFloat64((SELECT count() FROM new)) AS new_value
        UNION ALL SELECT 'events', (SELECT toFloat64(sum(daily_events)) FROM old), (SELECT toFloat64(sum(daily_events)) FROM new)
        UNION ALL SELECT 'sum ctr', (SELECT sum(daily_sum_ctr) FROM old), (SELECT sum(daily_sum_ctr) FROM new)
        UNION ALL SELECT 'count ctr', (SELECT toFloat64(sum(daily_count_ctr)) FROM old), (SELECT toFloat64(sum(daily_count_ctr)) FROM new)
        UNION ALL SELECT 'average ctr', (SELECT sum(daily_sum_ctr) / sum(daily_count_ctr) FROM old), (SELECT sum(daily_sum_ctr) / sum(daily_count_ctr) FROM new)
        UNION ALL SELECT 'sum of squares ctr', (SELECT sum(daily_sum_sq_ctr) FROM old), (SELECT sum(daily_sum_sq_ctr) FROM new)
        UNION ALL SELECT 'sum avg_visit_duration', (SELECT sum(daily_sum_avg_visit_duration) FROM old), (SELECT sum(daily_sum_avg_visit_duration) FROM new)
        UNION ALL SELECT 'count avg_visit_duration', (SELECT toFloat64(sum(daily_count_avg_visit_duration)) FROM old), (SELECT toFloat64(sum(daily_count_avg_visit_duration)) FROM new)
        UNION ALL SELECT 'average avg_visit_duration', (SELECT sum(daily_sum_avg_visit_duration) / sum(daily_count_avg_visit_duration) FROM old), (SELECT sum(daily_sum_avg_visit_duration) / sum(daily_count_avg_visit_duration) FROM new)
        UNION ALL SELECT 'sum of squares avg_visit_duration', (SELECT sum(daily_sum_sq_avg_visit_duration) FROM old), (SELECT sum(daily_sum_sq_avg_visit_duration) FROM new)
        UNION ALL SELECT 'sum avg_duration_per_page', (SELECT sum(daily_sum_avg_duration_per_page) FROM old), (SELECT sum(daily_sum_avg_duration_per_page) FROM new)
        UNION ALL SELECT 'count avg_duration_per_page', (SELECT toFloat64(sum(daily_count_avg_duration_per_page)) FROM old), (SELECT toFloat64(sum(daily_count_avg_duration_per_page)) FROM new)
        UNION ALL SELECT 'average avg_duration_per_page', (SELECT sum(daily_sum_avg_duration_per_page) / sum(daily_count_avg_duration_per_page) FROM old), (SELECT sum(daily_sum_avg_duration_per_page) / sum(daily_count_avg_duration_per_page) FROM new)
        UNION ALL SELECT 'sum of squares avg_duration_per_page', (SELECT sum(daily_sum_sq_avg_duration_per_page) FROM old), (SELECT sum(daily_sum_sq_avg_duration_per_page) FROM new)
        UNION ALL SELECT 'sum time_show_to_view', (SELECT sum(daily_sum_time_show_to_view) FROM old), (SELECT sum(daily_sum_time_show_to_view) FROM new)
        UNION ALL SELECT 'count time_show_to_view', (SELECT toFloat64(sum(daily_count_time_show_to_view)) FROM old), (SELECT toFloat64(sum(daily_count_time_show_to_view)) FROM new)
        UNION ALL SELECT 'average time_show_to_view', (SELECT sum(daily_sum_time_show_to_view) / sum(daily_count_time_show_to_view) FROM old), (SELECT sum(daily_sum_time_show_to_view) / sum(daily_count_time_show_to_view) FROM new)
        UNION ALL SELECT 'sum of squares time_show_to_view', (SELECT sum(daily_sum_sq_time_show_to_view) FROM old), (SELECT sum(daily_sum_sq_time_show_to_view) FROM new)
    )
SELECT 'host_daily' AS mart, what, old_value, new_value
FROM compared
WHERE NOT coalesce(abs(old_value - new_value) <= 1e-9 * abs(new_value), old_value IS NULL AND new_value IS NULL)

-- step: host_keys
WITH
    keys AS
    (
        SELECT host AS name FROM marts.host_daily WHERE date = {day:Date} ORDER BY daily_events DESC, name LIMIT 1
        UNION ALL
        SELECT host AS name FROM (SELECT host FROM marts.host_daily WHERE date = {day:Date} ORDER BY sipHash64(host) LIMIT 2)
    ),
    old AS
    (
        SELECT CAST(assumeNotNull(host), 'String') AS name,
            daily_events,
            daily_sum_ctr, daily_count_ctr, daily_sum_sq_ctr,
            daily_sum_avg_visit_duration, daily_count_avg_visit_duration, daily_sum_sq_avg_visit_duration,
            daily_sum_avg_duration_per_page, daily_count_avg_duration_per_page, daily_sum_sq_avg_duration_per_page,
            daily_sum_time_show_to_view, daily_count_time_show_to_view, daily_sum_sq_time_show_to_view
        FROM file({old:String}, 'Parquet')
    ),
    new AS
    (
        SELECT CAST(assumeNotNull(host), 'String') AS name,
            daily_events,
            daily_sum_ctr, daily_count_ctr, daily_sum_sq_ctr,
            daily_sum_avg_visit_duration, daily_count_avg_visit_duration, daily_sum_sq_avg_visit_duration,
            daily_sum_avg_duration_per_page, daily_count_avg_duration_per_page, daily_sum_sq_avg_duration_per_page,
            daily_sum_time_show_to_view, daily_count_time_show_to_view, daily_sum_sq_time_show_to_view
        FROM marts.host_daily
        WHERE date = {day:Date} AND host IN (SELECT name FROM keys)
    )
SELECT 'host_daily' AS mart, new.*, old.*
FROM new
LEFT JOIN old USING (name)
WHERE NOT coalesce(new.daily_events = old.daily_events
    AND new.daily_count_ctr = old.daily_count_ctr
    AND abs(new.daily_sum_ctr - old.daily_sum_ctr) <= 1e-9 * abs(new.daily_sum_ctr)
    AND abs(new.daily_sum_sq_ctr - old.daily_sum_sq_ctr) <= 1e-9 * abs(new.daily_sum_sq_ctr)
    AND new.daily_count_avg_visit_duration = old.daily_count_avg_visit_duration
    AND abs(new.daily_sum_avg_visit_duration - old.daily_sum_avg_visit_duration) <= 1e-9 * abs(new.daily_sum_avg_visit_duration)
    AND abs(new.daily_sum_sq_avg_visit_duration - old.daily_sum_sq_avg_visit_duration) <= 1e-9 * abs(new.daily_sum_sq_avg_visit_duration)
    AND new.daily_count_avg_duration_per_page = old.daily_count_avg_duration_per_page
    AND abs(new.daily_sum_avg_duration_per_page - old.daily_sum_avg_duration_per_page) <= 1e-9 * abs(new.daily_sum_avg_duration_per_page)
    AND abs(new.daily_sum_sq_avg_duration_per_page - old.daily_sum_sq_avg_duration_per_page) <= 1e-9 * abs(new.daily_sum_sq_avg_duration_per_page)
    AND new.daily_count_time_show_to_view = old.daily_count_time_show_to_view
    AND abs(new.daily_sum_time_show_to_view - old.daily_sum_time_show_to_view) <= 1e-9 * abs(new.daily_sum_time_show_to_view)
    AND abs(new.daily_sum_sq_time_show_to_view - old.daily_sum_sq_time_show_to_view) <= 1e-9 * abs(new.daily_sum_sq_time_show_to_view), 0)

-- step: ip_totals
WITH
    old AS (SELECT * FROM file({old:String}, 'Parquet')),
    new AS (SELECT * FROM marts.ip_daily WHERE date = {day:Date}),
    compared AS
    (
        SELECT 'rows' AS what, toFloat64((SELECT count() FROM old)) AS old_value, toFloat64((SELECT count() FROM new)) AS new_value
        UNION ALL SELECT 'events', (SELECT toFloat64(sum(daily_events)) FROM old), (SELECT toFloat64(sum(daily_events)) FROM new)
        UNION ALL SELECT 'sum ctr', (SELECT sum(daily_sum_ctr) FROM old), (SELECT sum(daily_sum_ctr) FROM new)
        UNION ALL SELECT 'count ctr', (SELECT toFloat64(sum(daily_count_ctr)) FROM old), (SELECT toFloat64(sum(daily_count_ctr)) FROM new)
        UNION ALL SELECT 'average ctr', (SELECT sum(daily_sum_ctr) / sum(daily_count_ctr) FROM old), (SELECT sum(daily_sum_ctr) / sum(daily_count_ctr) FROM new)
        UNION ALL SELECT 'sum of squares ctr', (SELECT sum(daily_sum_sq_ctr) FROM old), (SELECT sum(daily_sum_sq_ctr) FROM new)
        UNION ALL SELECT 'sum avg_visit_duration', (SELECT sum(daily_sum_avg_visit_duration) FROM old), (SELECT sum(daily_sum_avg_visit_duration) FROM new)
        UNION ALL SELECT 'count avg_visit_duration', (SELECT toFloat64(sum(daily_count_avg_visit_duration)) FROM old), (SELECT toFloat64(sum(daily_count_avg_visit_duration)) FROM new)
        UNION ALL SELECT 'average avg_visit_duration', (SELECT sum(daily_sum_avg_visit_duration) / sum(daily_count_avg_visit_duration) FROM old), (SELECT sum(daily_sum_avg_visit_duration) / sum(daily_count_avg_visit_duration) FROM new)
        UNION ALL SELECT 'sum of squares avg_visit_duration', (SELECT sum(daily_sum_sq_avg_visit_duration) FROM old), (SELECT sum(daily_sum_sq_avg_visit_duration) FROM new)
        UNION ALL SELECT 'sum avg_duration_per_page', (SELECT sum(daily_sum_avg_duration_per_page) FROM old), (SELECT sum(daily_sum_avg_duration_per_page) FROM new)
        UNION ALL SELECT 'count avg_duration_per_page', (SELECT toFloat64(sum(daily_count_avg_duration_per_page)) FROM old), (SELECT toFloat64(sum(daily_count_avg_duration_per_page)) FROM new)
        UNION ALL SELECT 'average avg_duration_per_page', (SELECT sum(daily_sum_avg_duration_per_page) / sum(daily_count_avg_duration_per_page) FROM old), (SELECT sum(daily_sum_avg_duration_per_page) / sum(daily_count_avg_duration_per_page) FROM new)
        UNION ALL SELECT 'sum of squares avg_duration_per_page', (SELECT sum(daily_sum_sq_avg_duration_per_page) FROM old), (SELECT sum(daily_sum_sq_avg_duration_per_page) FROM new)
        UNION ALL SELECT 'sum time_show_to_view', (SELECT sum(daily_sum_time_show_to_view) FROM old), (SELECT sum(daily_sum_time_show_to_view) FROM new)
        UNION ALL SELECT 'count time_show_to_view', (SELECT toFloat64(sum(daily_count_time_show_to_view)) FROM old), (SELECT toFloat64(sum(daily_count_time_show_to_view)) FROM new)
        UNION ALL SELECT 'average time_show_to_view', (SELECT sum(daily_sum_time_show_to_view) / sum(daily_count_time_show_to_view) FROM old), (SELECT sum(daily_sum_time_show_to_view) / sum(daily_count_time_show_to_view) FROM new)
        UNION ALL SELECT 'sum of squares time_show_to_view', (SELECT sum(daily_sum_sq_time_show_to_view) FROM old), (SELECT sum(daily_sum_sq_time_show_to_view) FROM new)
    )
SELECT 'ip_daily' AS mart, what, old_value, new_value
FROM compared
WHERE NOT coalesce(abs(old_value - new_value) <= 1e-9 * abs(new_value), old_value IS NULL AND new_value IS NULL)

-- step: ip_keys
WITH
    keys AS
    (
        SELECT device_ip AS name FROM marts.ip_daily WHERE date = {day:Date} ORDER BY daily_events DESC, name LIMIT 1
        UNION ALL
        SELECT device_ip AS name FROM (SELECT device_ip FROM marts.ip_daily WHERE date = {day:Date} ORDER BY sipHash64(device_ip) LIMIT 2)
    ),
    old AS
    (
        SELECT CAST(assumeNotNull(device_ip), 'String') AS name,
            daily_events,
            daily_sum_ctr, daily_count_ctr, daily_sum_sq_ctr,
            daily_sum_avg_visit_duration, daily_count_avg_visit_duration, daily_sum_sq_avg_visit_duration,
            daily_sum_avg_duration_per_page, daily_count_avg_duration_per_page, daily_sum_sq_avg_duration_per_page,
            daily_sum_time_show_to_view, daily_count_time_show_to_view, daily_sum_sq_time_show_to_view
        FROM file({old:String}, 'Parquet')
    ),
    new AS
    (
        SELECT CAST(assumeNotNull(device_ip), 'String') AS name,
            daily_events,
            daily_sum_ctr, daily_count_ctr, daily_sum_sq_ctr,
            daily_sum_avg_visit_duration, daily_count_avg_visit_duration, daily_sum_sq_avg_visit_duration,
            daily_sum_avg_duration_per_page, daily_count_avg_duration_per_page, daily_sum_sq_avg_duration_per_page,
            daily_sum_time_show_to_view, daily_count_time_show_to_view, daily_sum_sq_time_show_to_view
        FROM marts.ip_daily
        WHERE date = {day:Date} AND device_ip IN (SELECT name FROM keys)
    )
SELECT 'ip_daily' AS mart, new.*, old.*
FROM new
LEFT JOIN old USING (name)
WHERE NOT coalesce(new.daily_events = old.daily_events
    AND new.daily_count_ctr = old.daily_count_ctr
    AND abs(new.daily_sum_ctr - old.daily_sum_ctr) <= 1e-9 * abs(new.daily_sum_ctr)
    AND abs(new.daily_sum_sq_ctr - old.daily_sum_sq_ctr) <= 1e-9 * abs(new.daily_sum_sq_ctr)
    AND new.daily_count_avg_visit_duration = old.daily_count_avg_visit_duration
    AND abs(new.daily_sum_avg_visit_duration - old.daily_sum_avg_visit_duration) <= 1e-9 * abs(new.daily_sum_avg_visit_duration)
    AND abs(new.daily_sum_sq_avg_visit_duration - old.daily_sum_sq_avg_visit_duration) <= 1e-9 * abs(new.daily_sum_sq_avg_visit_duration)
    AND new.daily_count_avg_duration_per_page = old.daily_count_avg_duration_per_page
    AND abs(new.daily_sum_avg_duration_per_page - old.daily_sum_avg_duration_per_page) <= 1e-9 * abs(new.daily_sum_avg_duration_per_page)
    AND abs(new.daily_sum_sq_avg_duration_per_page - old.daily_sum_sq_avg_duration_per_page) <= 1e-9 * abs(new.daily_sum_sq_avg_duration_per_page)
    AND new.daily_count_time_show_to_view = old.daily_count_time_show_to_view
    AND abs(new.daily_sum_time_show_to_view - old.daily_sum_time_show_to_view) <= 1e-9 * abs(new.daily_sum_time_show_to_view)
    AND abs(new.daily_sum_sq_time_show_to_view - old.daily_sum_sq_time_show_to_view) <= 1e-9 * abs(new.daily_sum_sq_time_show_to_view), 0)
