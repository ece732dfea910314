-- A build of silver's programmatic banners: tables of its own in the database @BUILD@, and what feeds them from the moment of the last
-- statement on. The views medallion.silver_... show one build to readers.

CREATE TABLE @BUILD@.silver_programmatic
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
    page_depth UInt8,
    INDEX created_at created_at TYPE minmax
)
ENGINE = MergeTree PARTITION BY toYYYYMM(detected_at) ORDER BY (user_key, detected_at, raw_id)
SETTINGS non_replicated_deduplication_window = 10000;

-- How often a group of placements, and its whole domain, were seen on a site in a month.
CREATE TABLE @BUILD@.silver_kutm_per_group
(
    month UInt32,
    domain_hash UInt64,
    group_hash UInt64,
    placements UInt64
)
ENGINE = SummingMergeTree PARTITION BY month ORDER BY (domain_hash, group_hash)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE @BUILD@.silver_kutm_per_domain
(
    month UInt32,
    domain_hash UInt64,
    placements UInt64
)
ENGINE = SummingMergeTree PARTITION BY month ORDER BY domain_hash
SETTINGS non_replicated_deduplication_window = 10000;

-- include: build_door.sql

CREATE MATERIALIZED VIEW @BUILD@.feed_kutm_per_group TO @BUILD@.silver_kutm_per_group AS
SELECT toYYYYMM(detected_at) AS month, domain_hash, group_hash, count() AS placements
FROM @BUILD@.typed
GROUP BY month, domain_hash, group_hash;

CREATE MATERIALIZED VIEW @BUILD@.feed_kutm_per_domain TO @BUILD@.silver_kutm_per_domain AS
SELECT toYYYYMM(detected_at) AS month, domain_hash, count() AS placements
FROM @BUILD@.typed
GROUP BY month, domain_hash;

-- include: build_type.sql
