-- Typed rows per kind, made the moment a row arrives. Each kind has a door of its own, `typed_KIND`, that keeps nothing: what
-- goes through it reaches the table and the counters, and during a rebuild those that are being built as well.

CREATE TABLE IF NOT EXISTS medallion.silver_programmatic
(
    raw_id UUID,
    detected_at DateTime('UTC'),
    created_at DateTime64(3, 'UTC'),
    user_key UInt64,
    user String,
    exchange LowCardinality(String),
    country LowCardinality(String),
    page_url String,
    host LowCardinality(String),
    site_id UInt32,
    site_category LowCardinality(String),
    site_visits_per_day UInt32,
    target_url String,
    redirects Array(String),
    domain LowCardinality(String),
    utm_source LowCardinality(String),
    utm_medium LowCardinality(String),
    utm_campaign LowCardinality(String),
    domain_hash UInt64,
    group_hash UInt64,
    placement_key UInt64,
    image_hash UInt64,
    advertiser_id UInt32,
    advertiser LowCardinality(String),
    brand LowCardinality(String),
    category LowCardinality(String),
    format LowCardinality(String),
    width UInt16,
    height UInt16,
    top_px UInt16,
    page_depth UInt8
)
ENGINE = MergeTree PARTITION BY toYYYYMM(detected_at) ORDER BY (user_key, detected_at, raw_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS medallion.typed_programmatic AS medallion.silver_programmatic ENGINE = Null;

-- How often a group of placements, and its whole domain, were seen on a site in a month.
CREATE TABLE IF NOT EXISTS medallion.silver_kutm_per_group
(
    month UInt32,
    domain_hash UInt64,
    group_hash UInt64,
    placements UInt64
)
ENGINE = SummingMergeTree PARTITION BY month ORDER BY (domain_hash, group_hash)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS medallion.silver_kutm_per_domain
(
    month UInt32,
    domain_hash UInt64,
    placements UInt64
)
ENGINE = SummingMergeTree PARTITION BY month ORDER BY domain_hash
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.type_programmatic TO medallion.typed_programmatic AS
-- include: sql/select_programmatic.sql
;
