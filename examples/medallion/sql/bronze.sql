-- What parsers send, as they sent it. One line is one detection:
--   {"raw_id": UUID, "detection_type": "programmatic" | "search" | "marketplace", "detected_at": time,
--    "detector": {...}, "context": {...}, "payload": {...}}

CREATE DATABASE IF NOT EXISTS medallion;

-- The door. A line is text until it was checked, so that no line can make an insert fail.
CREATE TABLE IF NOT EXISTS medallion.landing (line String) ENGINE = Null;

CREATE TABLE IF NOT EXISTS medallion.checked
(
    reason LowCardinality(String),
    refused_line String,
    raw_id UUID,
    detection_type Enum8('programmatic' = 1, 'search' = 2, 'marketplace' = 3),
    detector JSON,
    detected_at DateTime('UTC'),
    context JSON,
    payload JSON,
    created_at DateTime64(3, 'UTC')
)
ENGINE = Null;

-- The first thing that is wrong with a line; a line without one is taken. JSON numbers beyond 64 bits, double keys and lone
-- surrogates are no JSON to ClickHouse.
CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.check_line TO medallion.checked AS
WITH
    length(line) <= 262144 AND isValidUTF8(line) AND isValidJSON(line) AS readable,
    if(readable, line, '{}') AS text,
    toUUIDOrNull(JSONExtractString(text, 'raw_id')) AS id,
    JSONExtractString(text, 'detection_type') AS kind,
    parseDateTimeBestEffortOrNull(JSONExtractString(text, 'detected_at'), 'UTC') AS time,
    accurateCastOrNull(JSONExtractRaw(text, 'detector'), 'JSON') AS detector_or_null,
    accurateCastOrNull(JSONExtractRaw(text, 'context'), 'JSON') AS context_or_null,
    accurateCastOrNull(JSONExtractRaw(text, 'payload'), 'JSON') AS payload_or_null
SELECT
    multiIf(
        length(line) > 262144, 'longer than 256 KiB',
        NOT isValidUTF8(line), 'not UTF-8',
        NOT readable, 'not JSON',
        id IS NULL, 'raw_id is no UUID',
        kind NOT IN ('programmatic', 'search', 'marketplace'), 'detection_type is unknown',
        time IS NULL, 'detected_at is no time',
        time < toDateTime('2010-01-01', 'UTC') OR time > now() + INTERVAL 1 DAY, 'detected_at is out of range',
        detector_or_null IS NULL, 'detector is no JSON object',
        context_or_null IS NULL, 'context is no JSON object',
        payload_or_null IS NULL, 'payload is no JSON object',
        NOT JSONHas(text, 'payload', transform(kind, ['programmatic', 'search', 'marketplace'], ['id', 'query', 'shelf'], '')),
            'payload lacks its required field',
        '') AS reason,
    if(reason = '', '', line) AS refused_line,
    ifNull(id, toUUID('00000000-0000-0000-0000-000000000000')) AS raw_id,
    CAST(if(reason = '', kind, 'programmatic'), 'Enum8(\'programmatic\' = 1, \'search\' = 2, \'marketplace\' = 3)') AS detection_type,
    ifNull(detector_or_null, CAST('{}', 'JSON')) AS detector,
    ifNull(time, toDateTime(0, 'UTC')) AS detected_at,
    ifNull(context_or_null, CAST('{}', 'JSON')) AS context,
    ifNull(payload_or_null, CAST('{}', 'JSON')) AS payload,
    now64(3, 'UTC') AS created_at
FROM medallion.landing;

-- Each table below remembers the tokens of its last inserts: an insert that is sent again, since the server was
-- killed or the answer got lost, adds what is missing and nothing twice.
CREATE TABLE IF NOT EXISTS medallion.bronze_raw_data
(
    raw_id UUID,
    detection_type Enum8('programmatic' = 1, 'search' = 2, 'marketplace' = 3),
    detector JSON,
    detected_at DateTime('UTC'),
    context JSON,
    payload JSON,
    created_at DateTime64(3, 'UTC'),
    insert_token LowCardinality(String) MATERIALIZED getSetting('insert_deduplication_token'),
    INDEX created_at created_at TYPE minmax
)
ENGINE = MergeTree PARTITION BY toYYYYMM(detected_at) ORDER BY (detection_type, detected_at, raw_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS medallion.dead_letters
(
    reason LowCardinality(String),
    line String,
    created_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree ORDER BY created_at
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.take_line TO medallion.bronze_raw_data AS
SELECT raw_id, detection_type, detector, detected_at, context, payload, created_at FROM medallion.checked WHERE reason = '';

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.refuse_line TO medallion.dead_letters AS
SELECT reason, refused_line AS line, created_at FROM medallion.checked WHERE reason != '';

-- Which fields came, and when first: of each block the names, not the values.
CREATE TABLE IF NOT EXISTS medallion.bronze_fields
(
    detection_type Enum8('programmatic' = 1, 'search' = 2, 'marketplace' = 3),
    path String,
    first_seen SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_seen SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree ORDER BY (detection_type, path);

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.note_fields TO medallion.bronze_fields AS
SELECT detection_type, arrayJoin(distinctJSONPaths(payload)) AS path, min(created_at) AS first_seen, max(created_at) AS last_seen
FROM medallion.checked
WHERE reason = ''
GROUP BY detection_type;
