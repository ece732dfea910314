-- Flat marts for clients. Each step is a refreshable view: made aside, then put in place at once; the next one begins when those
-- that it depends on are done. README.md has the formulas.

-- A user's visits: more than 30 minutes of silence begin a new one.
CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_programmatic_visits REFRESH EVERY 10 MINUTE
ENGINE = MergeTree ORDER BY (placement_key, detected_at, raw_id) AS
SELECT *
FROM executable(
    'period_stream --keys 1 --time detected_at --gap 1800',
    Native,
    'user_key UInt64, detected_at DateTime(\'UTC\'), raw_id UUID, placement_key UInt64, host LowCardinality(String), site_id UInt32, site_category LowCardinality(String), site_visits_per_day UInt32, country LowCardinality(String), domain LowCardinality(String), utm_source LowCardinality(String), utm_campaign LowCardinality(String), domain_hash UInt64, group_hash UInt64, image_hash UInt64, advertiser LowCardinality(String), brand LowCardinality(String), category LowCardinality(String), format LowCardinality(String), width UInt16, height UInt16, top_px UInt16, page_depth UInt8, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
    (
        SELECT user_key, detected_at, raw_id, placement_key, host, site_id, site_category, site_visits_per_day, country, domain, utm_source,
            utm_campaign, domain_hash, group_hash, image_hash, advertiser, brand, category, format, width, height, top_px, page_depth
        FROM medallion.silver_programmatic
        ORDER BY user_key, detected_at, raw_id
    ),
    SETTINGS check_exit_code = 1, stderr_reaction = 'throw', command_read_timeout = 600000, command_write_timeout = 60000);

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_site_days REFRESH DEPENDS ON medallion.gold_programmatic_visits
ENGINE = MergeTree ORDER BY (host, day) AS
-- include: gold/gold_site_days.sql
;

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_creative_clusters REFRESH DEPENDS ON medallion.gold_programmatic_visits
ENGINE = MergeTree ORDER BY image_hash AS
-- include: gold/gold_creative_clusters.sql
;

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_repeats REFRESH DEPENDS ON medallion.gold_creative_clusters
ENGINE = MergeTree ORDER BY (period_id, host, cluster) AS
-- include: gold/gold_repeats.sql
;

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_kutm REFRESH DEPENDS ON medallion.gold_programmatic_visits
ENGINE = MergeTree ORDER BY (month, group_hash) AS
SELECT
    month,
    group_hash,
    any(groups.placements) / any(domains.placements) AS share,
    if(share < 0.1, 1, pow(0.1 / share, 2)) AS kutm
FROM
(
    SELECT month, domain_hash, group_hash, sum(placements) AS placements
    FROM medallion.silver_kutm_per_group
    GROUP BY month, domain_hash, group_hash
) AS groups
INNER JOIN
(
    SELECT month, domain_hash, sum(placements) AS placements FROM medallion.silver_kutm_per_domain GROUP BY month, domain_hash
) AS domains USING (month, domain_hash)
GROUP BY month, group_hash;

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_programmatic_banners
REFRESH DEPENDS ON medallion.gold_site_days, medallion.gold_repeats, medallion.gold_kutm
ENGINE = MergeTree PARTITION BY toYYYYMM(detected_at) ORDER BY (host, detected_at, raw_id) AS
-- include: gold/gold_programmatic_banners.sql
;

-- The other kinds: a step for the visits, and the mart.
CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_search_visits REFRESH EVERY 10 MINUTE
ENGINE = MergeTree ORDER BY (host, detected_at, raw_id) AS
SELECT *
FROM executable(
    'period_stream --keys 1 --time detected_at --gap 1800',
    Native,
    'user_key UInt64, detected_at DateTime(\'UTC\'), raw_id UUID, host LowCardinality(String), site_id UInt32, site_visits_per_day UInt32, query String, position UInt8, is_ad Bool, domain LowCardinality(String), advertiser LowCardinality(String), brand LowCardinality(String), category LowCardinality(String), period_id UInt64, period_number UInt32, is_first_in_period UInt8',
    (
        SELECT user_key, detected_at, raw_id, host, site_id, site_visits_per_day, query, position, is_ad, domain, advertiser, brand, category
        FROM medallion.silver_search
        ORDER BY user_key, detected_at, raw_id
    ),
    SETTINGS check_exit_code = 1, stderr_reaction = 'throw', command_read_timeout = 600000, command_write_timeout = 60000);

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_search_results REFRESH DEPENDS ON medallion.gold_search_visits
ENGINE = MergeTree PARTITION BY toYYYYMM(detected_at) ORDER BY (host, detected_at, raw_id) AS
-- include: gold/gold_search_results.sql
;

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_marketplace_visits REFRESH EVERY 10 MINUTE
ENGINE = MergeTree ORDER BY (host, detected_at, raw_id) AS
SELECT *
FROM executable(
    'period_stream --keys 1 --time detected_at --gap 1800',
    Native,
    'user_key UInt64, detected_at DateTime(\'UTC\'), raw_id UUID, host LowCardinality(String), site_id UInt32, site_visits_per_day UInt32, shelf LowCardinality(String), position UInt16, sku String, price Float64, old_price Float64, domain LowCardinality(String), advertiser LowCardinality(String), brand LowCardinality(String), category LowCardinality(String), period_id UInt64, period_number UInt32, is_first_in_period UInt8',
    (
        SELECT user_key, detected_at, raw_id, host, site_id, site_visits_per_day, shelf, position, sku, price, old_price, domain, advertiser, brand, category
        FROM medallion.silver_marketplace
        ORDER BY user_key, detected_at, raw_id
    ),
    SETTINGS check_exit_code = 1, stderr_reaction = 'throw', command_read_timeout = 600000, command_write_timeout = 60000);

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_marketplace_shelves REFRESH DEPENDS ON medallion.gold_marketplace_visits
ENGINE = MergeTree PARTITION BY toYYYYMM(detected_at) ORDER BY (host, detected_at, raw_id) AS
-- include: gold/gold_marketplace_shelves.sql
;

-- For dashboards: rows per minute of arrival, and what is distinct among them.
CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_minutes REFRESH EVERY 1 MINUTE
ENGINE = MergeTree ORDER BY (detection_type, minute) AS
SELECT detection_type, toStartOfMinute(created_at) AS minute, count() AS rows, uniqExact(user_key) AS users, uniqExact(host) AS sites,
    uniqExact(domain) AS domains
FROM
(
    SELECT 'programmatic' AS detection_type, created_at, user_key, host, domain FROM medallion.silver_programmatic
    UNION ALL
    SELECT 'search', created_at, user_key, host, domain FROM medallion.silver_search
    UNION ALL
    SELECT 'marketplace', created_at, user_key, host, domain FROM medallion.silver_marketplace
)
WHERE created_at > now() - INTERVAL 1 DAY
GROUP BY detection_type, minute;
