-- What is wrong, and when it began and ended.

CREATE DATABASE IF NOT EXISTS ops;

-- What inserts took that somebody measured, from the first byte to the row in silver; for the page.
CREATE TABLE IF NOT EXISTS ops.insert_lag (at DateTime DEFAULT now(), seconds Float64) ENGINE = MergeTree ORDER BY at;

-- Fields of payloads that people know of, as patterns of LIKE. Another one raises an alert until it has its line here.
CREATE TABLE IF NOT EXISTS ops.known_fields
(
    detection_type Enum8('programmatic' = 1, 'search' = 2, 'marketplace' = 3),
    pattern String
)
ENGINE = MergeTree ORDER BY (detection_type, pattern);

INSERT INTO ops.known_fields
SELECT detection_type, arrayJoin(patterns) AS pattern
FROM values('detection_type Enum8(\'programmatic\' = 1, \'search\' = 2, \'marketplace\' = 3), patterns Array(String)',
    ('programmatic', ['id', 'exchange', 'url', 'location.%', 'spots', 'creative.id', 'creative.image\_hash', 'creative.click\_url', 'userIds.%',
        '!!CV', 'language', 'protocolVersion', 'provider', 'segments.%', 'restrictions.%', 'timestamp']),
    ('search', ['url', 'query', 'position', 'is\_ad', 'title', 'target\_url']),
    ('marketplace', ['url', 'shelf', 'position', 'sku', 'price', 'old\_price', 'seller.%']))
WHERE (detection_type, pattern) NOT IN (SELECT detection_type, pattern FROM ops.known_fields);

CREATE OR REPLACE VIEW ops.mirror_lag AS
SELECT view, dateDiff('second', last_success_time, now()) AS lag_seconds, exception
FROM system.view_refreshes
WHERE database = 'medallion' AND startsWith(view, 'mirror_');

-- Up to here all rows of bronze were found in silver. It stays an hour behind, and stands still while rows are stuck.
CREATE TABLE IF NOT EXISTS ops.arrived (until SimpleAggregateFunction(max, DateTime64(3, 'UTC')))
ENGINE = AggregatingMergeTree ORDER BY tuple();

-- How many rows that have been in bronze for a minute are not in silver. A row has the same created_at in both.
CREATE OR REPLACE VIEW ops.stuck_rows AS
SELECT detection_type, sum(n) AS rows
FROM
(
    SELECT toString(detection_type) AS detection_type, created_at, 1 AS n FROM medallion.bronze_raw_data
    UNION ALL
    SELECT 'programmatic', created_at, -1 FROM medallion.silver_programmatic
    UNION ALL
    SELECT 'search', created_at, -1 FROM medallion.silver_search
    UNION ALL
    SELECT 'marketplace', created_at, -1 FROM medallion.silver_marketplace
)
WHERE created_at BETWEEN (SELECT max(until) FROM ops.arrived) AND now() - INTERVAL 1 MINUTE
GROUP BY detection_type
HAVING rows > 0;

-- What is wrong now: a row per alert and what it is about.
CREATE OR REPLACE VIEW ops.conditions AS
SELECT 'refresh failed' AS alert, view AS subject, substring(exception, 1, 500) AS detail
FROM system.view_refreshes
WHERE database = 'medallion' AND exception != ''
UNION ALL
SELECT 'refresh late', view, concat('last success at ', toString(last_success_time))
FROM system.view_refreshes
WHERE database = 'medallion' AND startsWith(view, 'gold_') AND last_success_time < now() - INTERVAL 30 MINUTE
UNION ALL
SELECT 'mirror lags', view, concat(toString(lag_seconds), ' s')
FROM ops.mirror_lag
WHERE lag_seconds > 600
UNION ALL
SELECT 'rows stuck', detection_type, concat(toString(rows), ' rows')
FROM ops.stuck_rows
UNION ALL
SELECT 'unknown field', concat(toString(detection_type), ' ', path), concat('first seen at ', toString(min(first_seen)))
FROM medallion.bronze_fields AS field
WHERE NOT arrayExists(pattern -> like(path, pattern.2) AND detection_type = pattern.1,
    (SELECT groupArray((detection_type, pattern)) FROM ops.known_fields))
GROUP BY detection_type, path
UNION ALL
SELECT 'dead letters', 'landing', concat(toString(dead), ' of ', toString(dead + taken), ' lines of the last 10 minutes')
FROM
(
    SELECT
        (SELECT count() FROM medallion.dead_letters WHERE created_at > now() - INTERVAL 10 MINUTE) AS dead,
        (SELECT count() FROM medallion.bronze_raw_data WHERE created_at > now() - INTERVAL 10 MINUTE) AS taken
)
WHERE dead > 0.01 * (dead + taken);

CREATE TABLE IF NOT EXISTS ops.alerts
(
    at DateTime64(3, 'UTC'),
    alert LowCardinality(String),
    subject String,
    state Enum8('raised' = 1, 'over' = 2),
    detail String
)
ENGINE = MergeTree ORDER BY (alert, subject, at);

-- Each alert once when it begins, and once when it is over.
CREATE MATERIALIZED VIEW IF NOT EXISTS ops.watch REFRESH EVERY 1 MINUTE APPEND TO ops.alerts AS
SELECT now64(3, 'UTC') AS at, alert, subject, if(is_wrong, 'raised', 'over') AS state, details AS detail
FROM
(
    SELECT alert, subject, max(wrong) AS is_wrong, max(open) AS is_open, max(detail) AS details
    FROM
    (
        SELECT alert, subject, detail, 1 AS wrong, 0 AS open FROM ops.conditions
        UNION ALL
        SELECT alert, subject, '', 0, argMax(state, at) = 'raised' FROM ops.alerts GROUP BY alert, subject
    )
    GROUP BY alert, subject
)
WHERE is_wrong != is_open;

CREATE MATERIALIZED VIEW IF NOT EXISTS ops.note_arrived REFRESH DEPENDS ON ops.watch APPEND TO ops.arrived AS
SELECT now64(3, 'UTC') - INTERVAL 1 HOUR AS until
WHERE 'rows stuck' NOT IN (SELECT alert FROM (SELECT alert FROM ops.alerts GROUP BY alert, subject HAVING argMax(state, at) = 'raised'));
