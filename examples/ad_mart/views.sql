-- The mart kept by ClickHouse itself: refreshable materialized views, once a day, no scheduler outside.
-- `ad_mart views` prints these statements filled in; <<FILE STEP>> is the query of that step. Fill the
-- history with `ad_mart backfill` first: it is copied once. From then on the views keep marts_auto.*
-- up to date; readers read the views user_daily, host_daily, ip_daily, daily and daily_periods there.
--
--   absorb_* > events > check > new_* > near_* > runs_* > refresh_* > manifest
--
-- A refresh reads the open days, the rows next to them and those whose periods change. All rows that are
-- new or changed go into open_user ..., which a refresh replaces at once; readers see them in the place
-- of the rows in user_daily_rows ..., which they join only when the next refresh begins. Where a view
-- fails, the old rows stay, those after it wait, and system.view_refreshes says why.

CREATE DATABASE IF NOT EXISTS marts_auto ENGINE = Atomic;

USE marts_auto;

-- The days that are computed anew: the last three in Moscow, for rows that arrive late.
CREATE VIEW marts_auto.open_days AS
SELECT toDate(now('Europe/Moscow')) - number AS date FROM numbers(1, 3);

[[mart: CREATE TABLE marts_auto.{table}_columns AS marts.{table} ENGINE = Null;
ALTER TABLE marts_auto.{table}_columns ADD COLUMN version UInt64, ADD COLUMN gone UInt8;

-- The rows that are not open: a later version of a row takes its place, or takes it away.
CREATE TABLE marts_auto.{table}_rows AS marts_auto.{table}_columns
ENGINE = ReplacingMergeTree(version, gone) PARTITION BY toYYYYMM(date) ORDER BY ({columns}, date);
INSERT INTO marts_auto.{table}_rows SELECT *, 0, 0 FROM marts.{table};

-- A row that is in every open_{mart}, so that none is empty; readers do not see it.
CREATE TABLE marts_auto.mark_{mart} AS marts.{table} ENGINE = Memory;
INSERT INTO marts_auto.mark_{mart} (date) VALUES (0);

-- is_open: 1 for a row of an open day, all of whose rows are here; 0 for one whose period has changed; 2 for the mark.
-- A reader's query names the table three times, and each may find another one while a refresh replaces it:
-- so every row says of which refresh it is.
CREATE TABLE marts_auto.open_{mart} AS marts.{table} ENGINE = MergeTree ORDER BY ({columns}, date);
ALTER TABLE marts_auto.open_{mart} ADD COLUMN is_open UInt8, ADD COLUMN refresh UInt64;
INSERT INTO marts_auto.open_{mart} SELECT *, 2 AS is_open, 0 AS refresh FROM marts_auto.mark_{mart};

-- Readers see these rows in open_{mart}, until the end of this refresh and after it: so it does not matter
-- that they come one block after another, or twice.
CREATE MATERIALIZED VIEW marts_auto.absorb_{mart}
REFRESH {schedule} APPEND TO marts_auto.{table}_rows EMPTY AS
SELECT * EXCEPT (is_open, refresh), toUnixTimestamp64Micro(now64(6)) AS version, 0 AS gone FROM marts_auto.open_{mart} WHERE is_open < 2
UNION ALL
SELECT * EXCEPT (version, gone), toUnixTimestamp64Micro(now64(6)) AS version, 1 AS gone
FROM marts_auto.{table}_rows FINAL
WHERE date IN (SELECT date FROM marts_auto.open_{mart} WHERE is_open = 1)
  AND ({columns}, date) NOT IN (SELECT {columns}, date FROM marts_auto.open_{mart});
]]

CREATE MATERIALIZED VIEW marts_auto.events
REFRESH {schedule} DEPENDS ON marts_auto.absorb_user, marts_auto.absorb_host, marts_auto.absorb_ip, marts_auto.absorb_daily
ENGINE = MergeTree ORDER BY (user_id, host, device_ip, date) EMPTY AS
<<mart.sql join>>;

-- The open days that have rows.
CREATE VIEW marts_auto.days AS SELECT DISTINCT date FROM marts_auto.events;

-- The row-count check. What comes next depends on it.
CREATE MATERIALIZED VIEW marts_auto.check
REFRESH {schedule} DEPENDS ON marts_auto.events
ENGINE = MergeTree ORDER BY tuple() EMPTY AS
SELECT throwIf((SELECT count() FROM marts_auto.events) != (SELECT count() FROM rtb.meta_v8 WHERE {of_days}),
    'the join changed the number of rows') AS failed;

[[mart: CREATE MATERIALIZED VIEW marts_auto.new_{mart}
REFRESH {schedule} DEPENDS ON marts_auto.check
ENGINE = MergeTree ORDER BY ({columns}, date) EMPTY AS
<<mart.sql aggregate>>;
]]

[[entity: CREATE MATERIALIZED VIEW marts_auto.near_{entity}
REFRESH {schedule} DEPENDS ON marts_auto.new_{entity}
ENGINE = MergeTree ORDER BY {name} EMPTY AS
<<periods.sql near>>;

CREATE MATERIALIZED VIEW marts_auto.runs_{entity}
REFRESH {schedule} DEPENDS ON marts_auto.near_{entity}
ENGINE = MergeTree ORDER BY {name} EMPTY AS
<<periods.sql runs>>;

-- The new rows, and the old ones whose period is another now.
CREATE MATERIALIZED VIEW marts_auto.refresh_{entity}
REFRESH {schedule} DEPENDS ON marts_auto.runs_{entity} TO marts_auto.open_{entity} EMPTY AS
SELECT row.* REPLACE (
    if(run.5 > 0, run.1, {name}_period_id) AS {name}_period_id,
    if(run.5 > 0, run.4, {name}_period_length) AS {name}_period_length,
    if(run.5 > 0, date = run.2, {name}_is_first_in_period) AS {name}_is_first_in_period,
    if(run.5 > 0, run.5, {name}_unique_period_length) AS {name}_unique_period_length),
    toUnixTimestamp64Micro(now64(6)) AS refresh
FROM
(
    SELECT *, 1 AS is_open FROM marts_auto.new_{entity}
    UNION ALL
    SELECT * EXCEPT (version, gone), 0 AS is_open FROM {published} WHERE {touched}
    UNION ALL
    SELECT *, 2 AS is_open FROM marts_auto.mark_{entity}
) AS row
LEFT JOIN marts_auto.runs_{entity} AS found USING ({name})
ARRAY JOIN [arrayFirst(run -> date BETWEEN run.2 AND run.3, found.runs)] AS run
{small_index};
]]

CREATE MATERIALIZED VIEW marts_auto.refresh_daily
REFRESH {schedule} DEPENDS ON marts_auto.new_daily TO marts_auto.open_daily EMPTY AS
SELECT *, toUnixTimestamp64Micro(now64(6)) AS refresh
FROM (SELECT *, 1 AS is_open FROM marts_auto.new_daily UNION ALL SELECT *, 2 AS is_open FROM marts_auto.mark_daily);

[[mart: CREATE VIEW marts_auto.{table} AS
SELECT {all_columns}
    , activity, {periods}
FROM marts_auto.open_{mart}
WHERE {kind} < 2
UNION ALL
SELECT {all_columns}
    , activity, {periods}
FROM marts_auto.{table}_rows FINAL
WHERE date NOT IN (SELECT date FROM marts_auto.open_{mart} WHERE {kind} = 1)
  AND ({columns}, date) NOT IN (SELECT {columns}, date FROM marts_auto.open_{mart} WHERE {kind} = 0);
]]

CREATE VIEW marts_auto.daily_periods AS
<<schema.sql view>>;

-- A line per open day. APPEND adds to the table instead of replacing it.
CREATE TABLE marts_auto.manifest AS marts.manifest;

CREATE MATERIALIZED VIEW marts_auto.refresh_manifest
REFRESH {schedule} DEPENDS ON marts_auto.refresh_user, marts_auto.refresh_host, marts_auto.refresh_ip, marts_auto.refresh_daily
APPEND TO marts_auto.manifest EMPTY AS
SELECT date, 'success' AS status, toFloat64(dateDiff('second', toStartOfDay(now()) + INTERVAL 3 HOUR, now())) AS duration_sec,
    '' AS error, now() AS processed_at, 'marts_auto.daily marts_auto.user_daily marts_auto.host_daily marts_auto.ip_daily' AS output,
    'refreshable views' AS run
FROM marts_auto.days;
