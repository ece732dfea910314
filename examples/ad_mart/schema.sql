-- The ad mart: raw tables, the four marts, the manifest and the plan. Run once; it changes nothing
-- that exists. A mart for other tables begins with new names here.

CREATE DATABASE IF NOT EXISTS rtb;
CREATE DATABASE IF NOT EXISTS marts;

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

-- The marts. Per metric M:
--   daily_M         the state (n, mean, m2) of the day's values: welfordMerge joins days, welfordMean,
--                   welfordStddevSamp ... read it. A value that is NULL, NaN or infinite is not in it.
--   daily_count_M, daily_sum_M, daily_sum_sq_M   what old reports read; they follow from the state.
-- Per entity E (user_id, host, device_ip), a period being a run of days without a gap:
--   E_period_id             the period's id, the same on every run
--   E_period_length         the entity's events in the period
--   E_unique_period_length  its active days in the period
--   E_is_first_in_period    1 on the period's first day
-- activity is the entity's day as a history: activityMerge joins days, activityPeriods cuts them into
-- periods under any rule.

CREATE TABLE IF NOT EXISTS marts.user_daily
(
    user_id UInt64,
    date Date,
    daily_events UInt64,
    activity String CODEC(ZSTD),
    daily_ctr Tuple(n UInt64, mean Float64, m2 Float64),
    daily_avg_visit_duration Tuple(n UInt64, mean Float64, m2 Float64),
    daily_avg_duration_per_page Tuple(n UInt64, mean Float64, m2 Float64),
    daily_time_show_to_view Tuple(n UInt64, mean Float64, m2 Float64),
    daily_count_ctr UInt64 DEFAULT daily_ctr.n,
    daily_sum_ctr Float64 DEFAULT daily_ctr.n * daily_ctr.mean,
    daily_sum_sq_ctr Float64 DEFAULT daily_ctr.m2 + daily_ctr.n * daily_ctr.mean * daily_ctr.mean,
    daily_count_avg_visit_duration UInt64 DEFAULT daily_avg_visit_duration.n,
    daily_sum_avg_visit_duration Float64 DEFAULT daily_avg_visit_duration.n * daily_avg_visit_duration.mean,
    daily_sum_sq_avg_visit_duration Float64 DEFAULT daily_avg_visit_duration.m2
        + daily_avg_visit_duration.n * daily_avg_visit_duration.mean * daily_avg_visit_duration.mean,
    daily_count_avg_duration_per_page UInt64 DEFAULT daily_avg_duration_per_page.n,
    daily_sum_avg_duration_per_page Float64 DEFAULT daily_avg_duration_per_page.n * daily_avg_duration_per_page.mean,
    daily_sum_sq_avg_duration_per_page Float64 DEFAULT daily_avg_duration_per_page.m2
        + daily_avg_duration_per_page.n * daily_avg_duration_per_page.mean * daily_avg_duration_per_page.mean,
    daily_count_time_show_to_view UInt64 DEFAULT daily_time_show_to_view.n,
    daily_sum_time_show_to_view Float64 DEFAULT daily_time_show_to_view.n * daily_time_show_to_view.mean,
    daily_sum_sq_time_show_to_view Float64 DEFAULT daily_time_show_to_view.m2
        + daily_time_show_to_view.n * daily_time_show_to_view.mean * daily_time_show_to_view.mean,
    user_id_period_id UInt64,
    user_id_period_length UInt64,
    user_id_is_first_in_period UInt8,
    user_id_unique_period_length UInt64
)
ENGINE = MergeTree PARTITION BY toYYYYMM(date) ORDER BY (user_id, date);

CREATE TABLE IF NOT EXISTS marts.host_daily
(
    host LowCardinality(String),
    date Date,
    daily_events UInt64,
    activity String CODEC(ZSTD),
    daily_ctr Tuple(n UInt64, mean Float64, m2 Float64),
    daily_avg_visit_duration Tuple(n UInt64, mean Float64, m2 Float64),
    daily_avg_duration_per_page Tuple(n UInt64, mean Float64, m2 Float64),
    daily_time_show_to_view Tuple(n UInt64, mean Float64, m2 Float64),
    daily_count_ctr UInt64 DEFAULT daily_ctr.n,
    daily_sum_ctr Float64 DEFAULT daily_ctr.n * daily_ctr.mean,
    daily_sum_sq_ctr Float64 DEFAULT daily_ctr.m2 + daily_ctr.n * daily_ctr.mean * daily_ctr.mean,
    daily_count_avg_visit_duration UInt64 DEFAULT daily_avg_visit_duration.n,
    daily_sum_avg_visit_duration Float64 DEFAULT daily_avg_visit_duration.n * daily_avg_visit_duration.mean,
    daily_sum_sq_avg_visit_duration Float64 DEFAULT daily_avg_visit_duration.m2
        + daily_avg_visit_duration.n * daily_avg_visit_duration.mean * daily_avg_visit_duration.mean,
    daily_count_avg_duration_per_page UInt64 DEFAULT daily_avg_duration_per_page.n,
    daily_sum_avg_duration_per_page Float64 DEFAULT daily_avg_duration_per_page.n * daily_avg_duration_per_page.mean,
    daily_sum_sq_avg_duration_per_page Float64 DEFAULT daily_avg_duration_per_page.m2
        + daily_avg_duration_per_page.n * daily_avg_duration_per_page.mean * daily_avg_duration_per_page.mean,
    daily_count_time_show_to_view UInt64 DEFAULT daily_time_show_to_view.n,
    daily_sum_time_show_to_view Float64 DEFAULT daily_time_show_to_view.n * daily_time_show_to_view.mean,
    daily_sum_sq_time_show_to_view Float64 DEFAULT daily_time_show_to_view.m2
        + daily_time_show_to_view.n * daily_time_show_to_view.mean * daily_time_show_to_view.mean,
    host_period_id UInt64,
    host_period_length UInt64,
    host_is_first_in_period UInt8,
    host_unique_period_length UInt64
)
ENGINE = MergeTree PARTITION BY toYYYYMM(date) ORDER BY (host, date);

CREATE TABLE IF NOT EXISTS marts.ip_daily
(
    device_ip String,
    date Date,
    daily_events UInt64,
    activity String CODEC(ZSTD),
    daily_ctr Tuple(n UInt64, mean Float64, m2 Float64),
    daily_avg_visit_duration Tuple(n UInt64, mean Float64, m2 Float64),
    daily_avg_duration_per_page Tuple(n UInt64, mean Float64, m2 Float64),
    daily_time_show_to_view Tuple(n UInt64, mean Float64, m2 Float64),
    daily_count_ctr UInt64 DEFAULT daily_ctr.n,
    daily_sum_ctr Float64 DEFAULT daily_ctr.n * daily_ctr.mean,
    daily_sum_sq_ctr Float64 DEFAULT daily_ctr.m2 + daily_ctr.n * daily_ctr.mean * daily_ctr.mean,
    daily_count_avg_visit_duration UInt64 DEFAULT daily_avg_visit_duration.n,
    daily_sum_avg_visit_duration Float64 DEFAULT daily_avg_visit_duration.n * daily_avg_visit_duration.mean,
    daily_sum_sq_avg_visit_duration Float64 DEFAULT daily_avg_visit_duration.m2
        + daily_avg_visit_duration.n * daily_avg_visit_duration.mean * daily_avg_visit_duration.mean,
    daily_count_avg_duration_per_page UInt64 DEFAULT daily_avg_duration_per_page.n,
    daily_sum_avg_duration_per_page Float64 DEFAULT daily_avg_duration_per_page.n * daily_avg_duration_per_page.mean,
    daily_sum_sq_avg_duration_per_page Float64 DEFAULT daily_avg_duration_per_page.m2
        + daily_avg_duration_per_page.n * daily_avg_duration_per_page.mean * daily_avg_duration_per_page.mean,
    daily_count_time_show_to_view UInt64 DEFAULT daily_time_show_to_view.n,
    daily_sum_time_show_to_view Float64 DEFAULT daily_time_show_to_view.n * daily_time_show_to_view.mean,
    daily_sum_sq_time_show_to_view Float64 DEFAULT daily_time_show_to_view.m2
        + daily_time_show_to_view.n * daily_time_show_to_view.mean * daily_time_show_to_view.mean,
    device_ip_period_id UInt64,
    device_ip_period_length UInt64,
    device_ip_is_first_in_period UInt8,
    device_ip_unique_period_length UInt64
)
ENGINE = MergeTree PARTITION BY toYYYYMM(date) ORDER BY (device_ip, date);

CREATE TABLE IF NOT EXISTS marts.daily
(
    user_id UInt64,
    host LowCardinality(String),
    device_ip String,
    date Date,
    daily_events UInt64,
    daily_ctr Tuple(n UInt64, mean Float64, m2 Float64),
    daily_avg_visit_duration Tuple(n UInt64, mean Float64, m2 Float64),
    daily_avg_duration_per_page Tuple(n UInt64, mean Float64, m2 Float64),
    daily_time_show_to_view Tuple(n UInt64, mean Float64, m2 Float64),
    daily_count_ctr UInt64 DEFAULT daily_ctr.n,
    daily_sum_ctr Float64 DEFAULT daily_ctr.n * daily_ctr.mean,
    daily_sum_sq_ctr Float64 DEFAULT daily_ctr.m2 + daily_ctr.n * daily_ctr.mean * daily_ctr.mean,
    daily_count_avg_visit_duration UInt64 DEFAULT daily_avg_visit_duration.n,
    daily_sum_avg_visit_duration Float64 DEFAULT daily_avg_visit_duration.n * daily_avg_visit_duration.mean,
    daily_sum_sq_avg_visit_duration Float64 DEFAULT daily_avg_visit_duration.m2
        + daily_avg_visit_duration.n * daily_avg_visit_duration.mean * daily_avg_visit_duration.mean,
    daily_count_avg_duration_per_page UInt64 DEFAULT daily_avg_duration_per_page.n,
    daily_sum_avg_duration_per_page Float64 DEFAULT daily_avg_duration_per_page.n * daily_avg_duration_per_page.mean,
    daily_sum_sq_avg_duration_per_page Float64 DEFAULT daily_avg_duration_per_page.m2
        + daily_avg_duration_per_page.n * daily_avg_duration_per_page.mean * daily_avg_duration_per_page.mean,
    daily_count_time_show_to_view UInt64 DEFAULT daily_time_show_to_view.n,
    daily_sum_time_show_to_view Float64 DEFAULT daily_time_show_to_view.n * daily_time_show_to_view.mean,
    daily_sum_sq_time_show_to_view Float64 DEFAULT daily_time_show_to_view.m2
        + daily_time_show_to_view.n * daily_time_show_to_view.mean * daily_time_show_to_view.mean,
    user_id_period_id UInt64,
    user_id_period_length UInt64,
    user_id_is_first_in_period UInt8,
    user_id_unique_period_length UInt64,
    host_period_id UInt64,
    host_period_length UInt64,
    host_is_first_in_period UInt8,
    host_unique_period_length UInt64,
    device_ip_period_id UInt64,
    device_ip_period_length UInt64,
    device_ip_is_first_in_period UInt8,
    device_ip_unique_period_length UInt64
)
ENGINE = MergeTree PARTITION BY toYYYYMM(date) ORDER BY (user_id, host, device_ip, date);

-- One line per day and run. A day counts as published from its line with status 'success' on: by then
-- all four marts hold it.
CREATE TABLE IF NOT EXISTS marts.manifest
(
    date          Date,
    status        LowCardinality(String),
    duration_sec  Float64,
    error         String,
    processed_at  DateTime('Europe/Moscow'),
    output        String,
    run           String
)
ENGINE = MergeTree ORDER BY (date, processed_at);

-- What a run decided to publish, written once all of it lies ready aside, and a second line when it
-- is done. A run that finds a 'publish' without its 'done' finishes that publication first.
CREATE TABLE IF NOT EXISTS marts.plan
(
    run      String,
    step     LowCardinality(String),
    dates    Array(Date),
    months   Array(UInt32),
    due      Array(UInt32),
    seconds  Float64,
    at       DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = MergeTree ORDER BY (at, run) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
