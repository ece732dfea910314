-- A datamart as people have it: receipts, a view with the logic, a cache of it by month.
CREATE DATABASE IF NOT EXISTS shop;

CREATE TABLE IF NOT EXISTS shop.receipts
(
    sold_at     DateTime('UTC'),
    region      LowCardinality(String),
    item        UInt32,
    price       Decimal(12, 2),
    ingested_at DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = MergeTree PARTITION BY toYYYYMM(sold_at) ORDER BY (region, item, sold_at);

-- source_version tells --changed how new the rows are that the cache was computed from.
CREATE VIEW IF NOT EXISTS shop.sales_view AS
SELECT
    toStartOfMonth(sold_at) AS month,
    region,
    item,
    count() AS receipts,
    sum(price) AS revenue,
    uniqExact(toDate(sold_at)) AS days,
    max(ingested_at) AS source_version
FROM shop.receipts
GROUP BY month, region, item;

CREATE TABLE IF NOT EXISTS shop.sales
(
    month          Date,
    region         LowCardinality(String),
    item           UInt32,
    receipts       UInt64,
    revenue        Decimal(38, 2),
    days           UInt64,
    source_version DateTime64(6, 'UTC')
)
ENGINE = MergeTree PARTITION BY month ORDER BY (region, item);
