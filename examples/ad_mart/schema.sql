-- The ad mart: raw tables, the four marts, a view. It changes nothing that exists. A mart for other
-- tables begins with new names here and in `description`.

CREATE DATABASE IF NOT EXISTS rtb;

-- One row per bid that was shown. event_date is the logger's own date, in UTC; a mart's day is a day
-- in Moscow, so it takes rows of two dates. A metric may be NULL, NaN or infinite.
CREATE TABLE IF NOT EXISTS rtb.meta_v8
(
    event_date         Date,
    event_time         DateTime('UTC'),
    bid_id             String,
    ssp_id             UInt16,
    dsp_id             UInt16,
    user_id            UInt64,
    imp_id             UInt32,
    imp_id_source      LowCardinality(String),
    host               LowCardinality(String),
    device_ip          String,
    ctr                Nullable(Float64),
    time_show_to_view  Nullable(Float64)
)
ENGINE = MergeTree PARTITION BY toYYYYMM(event_date) ORDER BY (event_date, event_time, bid_id);

-- What the visitor did after the click. A bid has none, one or several rows; the latest by
-- received_at counts, and it may arrive days after the event.
CREATE TABLE IF NOT EXISTS rtb.yandex_preclick
(
    event_date          Date,
    event_time          DateTime('UTC'),
    resp_bid_id         String,
    ssp_id              UInt16,
    dsp_id              UInt16,
    user_id             UInt64,
    imp_id              UInt32,
    imp_id_source       LowCardinality(String),
    received_at         DateTime64(3, 'UTC'),
    page_depth          Nullable(UInt32),
    avg_visit_duration  Nullable(Float64)
)
ENGINE = MergeTree PARTITION BY toYYYYMM(event_date) ORDER BY (event_date, event_time, resp_bid_id);

-- Per metric M:
--   daily_M         the state (n, mean, m2) of the day's values, exact: welfordMerge joins days, welfordMean,
--                   welfordStddevSamp ... read it. A value that is NULL, NaN or infinite is not in it.
--   daily_count_M, daily_sum_M, daily_sum_sq_M   what old reports read, computed from the state
-- Per entity E (user_id, host, device_ip), a period being a run of days without a gap:
--   E_period_id             the period's id, the same on every run
--   E_period_length         the entity's events in the period
--   E_unique_period_length  its active days in the period
--   E_is_first_in_period    1 on the period's first day
-- With a file per column some can be written anew alone, which is how the periods of earlier days change.
-- activity is the entity's day as a history: activityMerge joins days, activityPeriods cuts them into
-- periods under any rule.
[[mart: CREATE TABLE IF NOT EXISTS marts.{table}
(
    {types}, date Date, daily_events UInt64
    , activity String COMMENT 'the day of this {entity}' CODEC(ZSTD)
    [[metric: , daily_{metric} Tuple(n UInt64, mean Float64, m2 Float64)
    , daily_count_{metric} UInt64 ALIAS daily_{metric}.n
    , daily_sum_{metric} Float64 ALIAS daily_{metric}.n * daily_{metric}.mean
    , daily_sum_sq_{metric} Float64 ALIAS daily_{metric}.m2 + daily_{metric}.n * daily_{metric}.mean * daily_{metric}.mean]]
    , {name}_period_id UInt64, {name}_period_length UInt64, {name}_is_first_in_period UInt8, {name}_unique_period_length UInt64
)
ENGINE = MergeTree PARTITION BY toYYYYMM(date) ORDER BY ({columns}, date)
SETTINGS min_bytes_for_wide_part = 0 /* for the periods of {entity} */
;
]]

-- step: view
-- The finest grain with the period columns of its user, its host and its ip.
CREATE VIEW IF NOT EXISTS marts.daily_periods AS
SELECT user_id, host, device_ip, date, daily_events [[metric: , {sums}]] [[entity: , {periods}]]
FROM {readers}.daily
[[entity: LEFT JOIN (SELECT {name}, date, {periods} FROM {readers}.{table}) AS {entity} USING ({name}, date)]]
