-- The form without a script: `load views` fills in the settings; README.md says what it cannot promise. On one server, with
-- RAW and CLEAN of its own in {{auto}}.
CREATE DATABASE IF NOT EXISTS {{auto}};

-- The journal, in PostgreSQL. Its table is there after `load schema`. The named collection `journal` (host, port, user, password,
-- database) is the server's, so that no password stands here.
CREATE TABLE IF NOT EXISTS {{auto}}.journal
(
    process String, run String, state String,
    interval_from DateTime64(6, 'UTC'), interval_to DateTime64(6, 'UTC'), watermark DateTime64(6, 'UTC'),
    started_at DateTime64(6, 'UTC'), finished_at DateTime64(6, 'UTC'), owner String, details String
)
ENGINE = PostgreSQL(journal, table = '{{journal}}');

-- What came, as it came. On this server, not through the Distributed table of the script's: rows that are inserted there are not
-- all to be seen when the next view reads them.
CREATE TABLE IF NOT EXISTS {{auto}}.raw
(
    {{definitions}},
    ingested_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree PARTITION BY toYYYYMMDD(ingested_at) ORDER BY (ingested_at, {{key}})
TTL toDateTime(ingested_at) + INTERVAL {{raw_days}} DAY;

-- The newest row of each key, after a merge or with FINAL.
CREATE TABLE IF NOT EXISTS {{auto}}.clean
(
    {{definitions}},
    ingested_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(ingested_at) PARTITION BY toYYYYMMDD({{time}}) ORDER BY ({{key}})
TTL toDateTime({{time}}) + INTERVAL {{clean_days}} DAY;

-- What readers read.
CREATE VIEW IF NOT EXISTS {{auto}}.codes AS SELECT * FROM {{auto}}.clean FINAL;

-- 1. The window: from the watermark, less the overlap, to now, less the lag; at most a day at a time. Without a watermark there is
-- none; README.md has the statement that writes the first.
CREATE MATERIALIZED VIEW IF NOT EXISTS {{auto}}.windows
REFRESH EVERY 10 MINUTE
ENGINE = MergeTree ORDER BY tuple()
AS SELECT
    toUnixTimestamp64Milli(mark) + ({{shift}} - {{overlap}}) * 60000 AS window_from,
    toUnixTimestamp64Milli(least(now64(3, 'UTC') - INTERVAL {{lag}} MINUTE, mark + INTERVAL 1 DAY)) + {{shift}} * 60000 AS window_to,
    mark,
    now64(3, 'UTC') AS planned_at
FROM (SELECT toDateTime64(max(watermark), 3, 'UTC') AS mark, count() AS n FROM {{auto}}.journal WHERE process = '{{process}}:views' AND watermark > toDateTime64(0, 6, 'UTC'))
WHERE n > 0 AND mark < now64(3, 'UTC') - INTERVAL {{lag}} MINUTE;

-- 2. Its rows into RAW.
CREATE MATERIALIZED VIEW IF NOT EXISTS {{auto}}.to_raw
REFRESH EVERY 10 MINUTE DEPENDS ON {{auto}}.windows APPEND TO {{auto}}.raw
AS SELECT {{columns}}, (SELECT max(planned_at) FROM {{auto}}.windows) AS ingested_at
FROM executable(
    '{{scan}}',
    Native,
    '{{structure}}',
    (SELECT window_from, window_to FROM {{auto}}.windows),
    SETTINGS check_exit_code = 1, stderr_reaction = 'throw', command_read_timeout = 3600000, command_write_timeout = 3600000);

-- 3. Those of the last window into CLEAN.
CREATE MATERIALIZED VIEW IF NOT EXISTS {{auto}}.to_clean
REFRESH EVERY 10 MINUTE DEPENDS ON {{auto}}.to_raw APPEND TO {{auto}}.clean
AS SELECT {{columns}}, ingested_at
FROM {{auto}}.raw
WHERE ingested_at = (SELECT max(planned_at) FROM {{auto}}.windows);

-- 4. The journal's row, with the watermark from which the next window begins: only where 2 and 3 have succeeded since the
-- window was planned.
CREATE MATERIALIZED VIEW IF NOT EXISTS {{auto}}.to_journal
REFRESH EVERY 10 MINUTE DEPENDS ON {{auto}}.to_clean APPEND TO {{auto}}.journal
AS SELECT
    '{{process}}:views' AS process,
    toString(toUnixTimestamp64Milli(planned_at)) AS run,
    'ok' AS state,
    toDateTime64(fromUnixTimestamp64Milli(window_from, 'UTC'), 6, 'UTC') AS interval_from,
    toDateTime64(fromUnixTimestamp64Milli(window_to, 'UTC'), 6, 'UTC') AS interval_to,
    toDateTime64(fromUnixTimestamp64Milli(window_to - {{shift}} * 60000, 'UTC'), 6, 'UTC') AS watermark,
    toDateTime64(planned_at, 6, 'UTC') AS started_at,
    now64(6, 'UTC') AS finished_at,
    hostName() AS owner,
    concat('{"rows":', toString((SELECT count() FROM {{auto}}.raw WHERE ingested_at = (SELECT max(planned_at) FROM {{auto}}.windows))), '}') AS details
FROM {{auto}}.windows
WHERE 2 = (SELECT count() FROM system.view_refreshes
    WHERE database = '{{auto}}' AND view IN ('to_raw', 'to_clean') AND exception = ''
      AND last_success_time >= (SELECT toDateTime(max(planned_at)) FROM {{auto}}.windows));
