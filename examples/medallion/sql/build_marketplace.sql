-- A build of silver's marketplace shelves: tables of its own in the database @BUILD@, and what feeds them from the moment of the last
-- statement on. The views medallion.silver_... show one build to readers.

CREATE TABLE @BUILD@.silver_marketplace
(
    raw_id UUID,
    detected_at DateTime('UTC'),
    created_at DateTime64(3, 'UTC'),
    user_key UInt64,
    user String,
    host LowCardinality(String),
    site_id UInt32,
    site_visits_per_day UInt32,
    shelf LowCardinality(String),
    position UInt16,
    sku String,
    price Float64,
    old_price Float64,
    domain LowCardinality(String),
    advertiser_id UInt32,
    advertiser LowCardinality(String),
    brand LowCardinality(String),
    category LowCardinality(String),
    INDEX created_at created_at TYPE minmax
)
ENGINE = MergeTree PARTITION BY toYYYYMM(detected_at) ORDER BY (user_key, detected_at, raw_id)
SETTINGS non_replicated_deduplication_window = 10000;

-- include: build_door.sql

-- include: build_type.sql
