-- The period columns. A period is a run of days without a gap (activityPeriods with a gap of 1 day),
-- and each of its rows carries its length: a day that is added, changed or late can change rows of
-- other days, and of other months. Which ones is said in the step `months`.
--
-- The first steps run once for each of the entities: {all:Identifier} is all_user, all_host or
-- all_ip, and so on. There `name` is the entity and `key` the number that its period ids come from.

-- step: create_due
-- Months that an earlier run left to be done: published after the last change to their periods.
CREATE TABLE due (month UInt32) ENGINE = MergeTree ORDER BY month

-- step: find_due
INSERT INTO due
SELECT due.month
FROM (SELECT arrayJoin(due) AS month, max(at) AS at FROM marts.plan GROUP BY month) AS due
LEFT JOIN (SELECT arrayJoin(months) AS month, max(at) AS at FROM marts.plan GROUP BY month) AS built USING (month)
WHERE due.at > built.at

-- step: all_user
-- What the mart will hold: the published rows of other days, and the new ones.
CREATE VIEW all_user AS
SELECT user_id AS name, user_id AS key, * FROM marts.user_daily WHERE date NOT IN (SELECT date FROM days)
UNION ALL
SELECT user_id AS name, user_id AS key, * FROM new_user

-- step: all_host
CREATE VIEW all_host AS
SELECT CAST(host, 'String') AS name, xxh3(name) AS key, * FROM marts.host_daily WHERE date NOT IN (SELECT date FROM days)
UNION ALL
SELECT CAST(host, 'String') AS name, xxh3(name) AS key, * FROM new_host

-- step: all_ip
CREATE VIEW all_ip AS
SELECT device_ip AS name, xxh3(name) AS key, * FROM marts.ip_daily WHERE date NOT IN (SELECT date FROM days)
UNION ALL
SELECT device_ip AS name, xxh3(name) AS key, * FROM new_ip

-- step: all_daily
CREATE VIEW all_daily AS
SELECT * FROM marts.daily WHERE date NOT IN (SELECT date FROM days)
UNION ALL
SELECT * FROM new_daily

-- step: old_user
-- The published rows of the run's days, which the new ones replace.
CREATE VIEW old_user AS
SELECT user_id AS name, date, daily_events FROM marts.user_daily WHERE date IN (SELECT date FROM days)

-- step: old_host
CREATE VIEW old_host AS
SELECT CAST(host, 'String') AS name, date, daily_events FROM marts.host_daily WHERE date IN (SELECT date FROM days)

-- step: old_ip
CREATE VIEW old_ip AS
SELECT device_ip AS name, date, daily_events FROM marts.ip_daily WHERE date IN (SELECT date FROM days)

-- step: touched
-- Whose periods are computed: everyone seen on the run's days, before or now, and everyone seen in a
-- month that is due. changed = 1 where a day's number of events is not what it was.
CREATE TABLE {touched:Identifier} ENGINE = MergeTree ORDER BY name AS
SELECT name, max(changed) AS changed
FROM
(
    SELECT name, sum(events) != 0 AS changed
    FROM
    (
        SELECT name, date, toInt64(daily_events) AS events
        FROM {all:Identifier}
        WHERE date IN (SELECT date FROM days)
        UNION ALL
        SELECT name, date, -toInt64(daily_events) AS events
        FROM {old:Identifier}
    )
    GROUP BY name, date
    UNION ALL
    SELECT DISTINCT name, 0 AS changed
    FROM {all:Identifier}
    WHERE toYYYYMM(date) IN (SELECT month FROM due)
)
GROUP BY name

-- step: runs
-- Their periods, from the history of all their days. Every day from first_day to last_day is active.
CREATE TABLE {runs:Identifier} ENGINE = MergeTree ORDER BY (name, first_day) AS
SELECT
    name,
    period.id AS id,
    toDate(period.first_tick) AS first_day,
    toDate(period.last_tick) AS last_day,
    period.length AS length,
    period.unique_length AS unique_length
FROM
(
    SELECT name, arrayJoin(activityPeriods(any(key), activityMerge(groupArray(activity)), 1, 0)) AS period
    FROM {all:Identifier}
    WHERE name IN (SELECT name FROM {touched:Identifier})
    GROUP BY name
)

-- step: months
-- The months with rows to change. A changed day D changes the period that holds D and, where D
-- joined or parted two, those that end the day before and begin the day after; so every month that
-- such a period reaches. Where no number of events changed, that is none but the run's own.
CREATE TABLE months ENGINE = MergeTree ORDER BY month AS
SELECT DISTINCT month
FROM
(
    SELECT toYYYYMM(arrayJoin(arrayMap(i -> addMonths(toStartOfMonth(first_day), i),
        range(toUInt32(dateDiff('month', first_day, last_day)) + 1)))) AS month
    FROM
    (
        SELECT first_day, last_day FROM user_runs WHERE name IN (SELECT name FROM user_touched WHERE changed)
        UNION ALL
        SELECT first_day, last_day FROM host_runs WHERE name IN (SELECT name FROM host_touched WHERE changed)
        UNION ALL
        SELECT first_day, last_day FROM ip_runs WHERE name IN (SELECT name FROM ip_touched WHERE changed)
    )
    WHERE first_day <= (SELECT max(date) + 1 FROM days) AND last_day >= (SELECT min(date) - 1 FROM days)
    GROUP BY first_day, last_day
    UNION ALL
    SELECT toYYYYMM(date) FROM days
    UNION ALL
    SELECT month FROM due
)

-- step: create_build
-- The months that this run publishes: all of them, or with --defer-periods and in a backfill the
-- days' own, the others being due.
CREATE TABLE build (month UInt32) ENGINE = MergeTree ORDER BY month

-- step: build_all
INSERT INTO build SELECT month FROM months

-- step: build_own
INSERT INTO build SELECT DISTINCT toYYYYMM(date) FROM days

-- step: spread
-- One row per entity and day, for the months to publish.
CREATE TABLE {periods:Identifier} ENGINE = MergeTree ORDER BY (date, name) AS
SELECT
    name,
    arrayJoin(arrayMap(i -> first_day + i, range(toUInt32(last_day - first_day) + 1))) AS date,
    id,
    length,
    toUInt8(date = first_day) AS is_first,
    unique_length
FROM {runs:Identifier}
WHERE toYYYYMM(date) IN (SELECT month FROM build)

-- step: create_user_daily
-- Each month to publish, whole: computed here and then put in the place of the mart's partition.
CREATE TABLE user_daily AS marts.user_daily

-- step: create_host_daily
CREATE TABLE host_daily AS marts.host_daily

-- step: create_ip_daily
CREATE TABLE ip_daily AS marts.ip_daily

-- step: create_daily
CREATE TABLE daily AS marts.daily

-- step: build_ranges
-- The days of those months, in ranges of about four million events; the steps below run once for each,
-- so that what they join fits into memory.
SELECT min(date), max(date)
FROM
(
    SELECT date, intDiv(sum(events) OVER (ORDER BY date) - events, 4000000) AS range
    FROM
    (
        SELECT date, sum(daily_events) AS events
        FROM all_host
        WHERE toYYYYMM(date) IN (SELECT month FROM build)
        GROUP BY date
    )
)
GROUP BY range, toYYYYMM(date)
ORDER BY min(date)

-- step: build_user
-- Rows of entities that this run did not touch keep their period columns.
INSERT INTO user_daily
SELECT row.* EXCEPT (name, key) REPLACE (
    if(period.length > 0, period.id, user_id_period_id) AS user_id_period_id,
    if(period.length > 0, period.length, user_id_period_length) AS user_id_period_length,
    if(period.length > 0, period.is_first, user_id_is_first_in_period) AS user_id_is_first_in_period,
    if(period.length > 0, period.unique_length, user_id_unique_period_length) AS user_id_unique_period_length)
FROM (SELECT * FROM all_user WHERE date BETWEEN {first:Date} AND {last:Date}) AS row
LEFT JOIN (SELECT * FROM user_periods WHERE date BETWEEN {first:Date} AND {last:Date}) AS period
    ON row.user_id = period.name AND row.date = period.date

-- step: build_host
INSERT INTO host_daily
SELECT row.* EXCEPT (name, key) REPLACE (
    if(period.length > 0, period.id, host_period_id) AS host_period_id,
    if(period.length > 0, period.length, host_period_length) AS host_period_length,
    if(period.length > 0, period.is_first, host_is_first_in_period) AS host_is_first_in_period,
    if(period.length > 0, period.unique_length, host_unique_period_length) AS host_unique_period_length)
FROM (SELECT * FROM all_host WHERE date BETWEEN {first:Date} AND {last:Date}) AS row
LEFT JOIN (SELECT * FROM host_periods WHERE date BETWEEN {first:Date} AND {last:Date}) AS period
    ON row.name = period.name AND row.date = period.date

-- step: build_ip
INSERT INTO ip_daily
SELECT row.* EXCEPT (name, key) REPLACE (
    if(period.length > 0, period.id, device_ip_period_id) AS device_ip_period_id,
    if(period.length > 0, period.length, device_ip_period_length) AS device_ip_period_length,
    if(period.length > 0, period.is_first, device_ip_is_first_in_period) AS device_ip_is_first_in_period,
    if(period.length > 0, period.unique_length, device_ip_unique_period_length) AS device_ip_unique_period_length)
FROM (SELECT * FROM all_ip WHERE date BETWEEN {first:Date} AND {last:Date}) AS row
LEFT JOIN (SELECT * FROM ip_periods WHERE date BETWEEN {first:Date} AND {last:Date}) AS period
    ON row.device_ip = period.name AND row.date = period.date

-- step: build_daily
-- The finest grain carries the periods of its user, its host and its ip.
INSERT INTO daily
SELECT row.* REPLACE (
    if(u.length > 0, u.id, user_id_period_id) AS user_id_period_id,
    if(u.length > 0, u.length, user_id_period_length) AS user_id_period_length,
    if(u.length > 0, u.is_first, user_id_is_first_in_period) AS user_id_is_first_in_period,
    if(u.length > 0, u.unique_length, user_id_unique_period_length) AS user_id_unique_period_length,
    if(h.length > 0, h.id, host_period_id) AS host_period_id,
    if(h.length > 0, h.length, host_period_length) AS host_period_length,
    if(h.length > 0, h.is_first, host_is_first_in_period) AS host_is_first_in_period,
    if(h.length > 0, h.unique_length, host_unique_period_length) AS host_unique_period_length,
    if(i.length > 0, i.id, device_ip_period_id) AS device_ip_period_id,
    if(i.length > 0, i.length, device_ip_period_length) AS device_ip_period_length,
    if(i.length > 0, i.is_first, device_ip_is_first_in_period) AS device_ip_is_first_in_period,
    if(i.length > 0, i.unique_length, device_ip_unique_period_length) AS device_ip_unique_period_length)
FROM (SELECT * FROM all_daily WHERE date BETWEEN {first:Date} AND {last:Date}) AS row
LEFT JOIN (SELECT * FROM user_periods WHERE date BETWEEN {first:Date} AND {last:Date}) AS u
    ON row.user_id = u.name AND row.date = u.date
LEFT JOIN (SELECT * FROM host_periods WHERE date BETWEEN {first:Date} AND {last:Date}) AS h
    ON row.host = h.name AND row.date = h.date
LEFT JOIN (SELECT * FROM ip_periods WHERE date BETWEEN {first:Date} AND {last:Date}) AS i
    ON row.device_ip = i.name AND row.date = i.date
