-- The way of a file's rows into `events`. Those that cannot go there go into `left_out`.
CREATE TABLE demo.left_out
(
    row       UInt64,
    reason    LowCardinality(String),
    user      String,
    time_text String
)
ENGINE = MergeTree
ORDER BY row;

-- A row of the file comes in here, by position and under names of ours, and goes on into one of the two.
CREATE TABLE demo.rows
(
    row       UInt64,
    user      String,
    time_text String,
    ts        Nullable(DateTime('UTC')),
    host      String,
    value     Nullable(Float64),
    reason    String MATERIALIZED multiIf(ts IS NULL, 'no readable time', match(user, '^/*$'), 'no key', '')
)
ENGINE = Null;

CREATE TABLE demo.date_order
(
    undecided   UInt64 COMMENT '03/04/2026 and the like',
    day_first   UInt64 COMMENT '31/12/2026',
    month_first UInt64 COMMENT '12/31/2026'
)
ENGINE = SummingMergeTree
ORDER BY ();

CREATE MATERIALIZED VIEW demo.rows_to_events TO demo.events AS
SELECT user, assumeNotNull(ts) AS ts, host, if(isFinite(value), value, NULL) AS value FROM demo.rows WHERE reason = '';

CREATE MATERIALIZED VIEW demo.rows_to_left_out TO demo.left_out AS
SELECT row, reason, user, time_text FROM demo.rows WHERE reason != '';

CREATE MATERIALIZED VIEW demo.rows_to_date_order TO demo.date_order AS
WITH arrayMap(part -> toUInt8OrZero(part), extractGroups(time_text, '^(\\d{1,2})[/-](\\d{1,2})[/-]\\d{4}\\b')) AS parts
SELECT
    countIf(notEmpty(parts) AND arrayMax(parts) <= 12) AS undecided,
    countIf(parts[1] BETWEEN 13 AND 31) AS day_first,
    countIf(parts[2] BETWEEN 13 AND 31) AS month_first
FROM demo.rows;
