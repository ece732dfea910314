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

-- How many visits of a site's audience one visit of the panel stands for, per day.
CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_site_days REFRESH DEPENDS ON medallion.gold_programmatic_visits
ENGINE = MergeTree ORDER BY (host, day) AS
SELECT
    host,
    toDate(detected_at) AS day,
    uniqExact(period_id) AS panel_visits,
    max(site_visits_per_day) AS visits,
    if(visits = 0, 1, visits / panel_visits) AS kvisits
FROM medallion.gold_programmatic_visits
GROUP BY host, day;

-- Images that differ in three bits of their hash or fewer are one creative. A hash's cluster is the hash among its neighbours, itself
-- included, that was seen most often; of equals the smallest. Of four quarters of two such hashes at least one is equal.
CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_creative_clusters REFRESH DEPENDS ON medallion.gold_programmatic_visits
ENGINE = MergeTree ORDER BY image_hash AS
WITH
    images AS
    (
        SELECT image_hash, count() AS seen
        FROM medallion.gold_programmatic_visits
        WHERE image_hash != 0
        GROUP BY image_hash
    ),
    quarters AS
    (
        SELECT image_hash, seen, quarter, bitAnd(bitShiftRight(image_hash, 16 * quarter), 65535) AS bits
        FROM images
        ARRAY JOIN [0, 1, 2, 3] AS quarter
    )
SELECT image_hash, argMax(near_hash, (near_seen, -toInt128(near_hash))) AS cluster, uniqExact(near_hash) AS neighbours
FROM
(
    SELECT one.image_hash AS image_hash, other.image_hash AS near_hash, other.seen AS near_seen
    FROM quarters AS one
    INNER JOIN quarters AS other USING (quarter, bits)
    WHERE bitHammingDistance(image_hash, near_hash) <= 3
)
GROUP BY image_hash;

-- A creative that one visit saw several times on a site.
CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_repeats REFRESH DEPENDS ON medallion.gold_creative_clusters
ENGINE = MergeTree ORDER BY (period_id, host, cluster) AS
SELECT period_id, host, clusters.cluster AS cluster, count() AS repeats
FROM medallion.gold_programmatic_visits AS visits
INNER JOIN medallion.gold_creative_clusters AS clusters USING (image_hash)
GROUP BY period_id, host, cluster
HAVING repeats > 1;

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

-- A row per banner seen. A placement that nobody saw for a week begins a new flight.
CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.gold_programmatic_banners
REFRESH DEPENDS ON medallion.gold_site_days, medallion.gold_repeats, medallion.gold_kutm
ENGINE = MergeTree PARTITION BY toYYYYMM(detected_at) ORDER BY (host, detected_at, raw_id) AS
SELECT
    raw_id,
    detected_at,
    seen.host AS host,
    site_id,
    site_category,
    country,
    domain,
    advertiser,
    brand,
    category,
    utm_source,
    utm_campaign,
    seen.format AS format,
    visit_id,
    visit_number,
    is_first_in_visit,
    period_number AS flight_number,
    is_first_in_period AS is_first_in_flight,
    if(clusters.cluster = 0, seen.image_hash, clusters.cluster) AS creative_cluster,
    greatest(repeats.repeats, 1) AS repeats_in_visit,
    site_days.kvisits AS kvisits,
    pow(0.85, page_depth - 1) AS kdepth,
    least(1, sqrt(toUInt32(width) * height / 75000)) AS ksquare,
    least(1, 900 / greatest(1, top_px + height / 2)) AS koffset,
    if(formats.weight = 0, 1, formats.weight) AS kformat,
    kutm.kutm AS kutm,
    kvisits * kdepth * kutm AS ots,
    ots * koffset AS ots_visible,
    ots_visible * ksquare * kformat AS ots_weighted,
    ots / repeats_in_visit AS ots_unique
FROM executable(
    'period_stream --keys 1 --time detected_at --gap 604800',
    Native,
    'placement_key UInt64, detected_at DateTime(\'UTC\'), raw_id UUID, host LowCardinality(String), site_id UInt32, site_category LowCardinality(String), country LowCardinality(String), domain LowCardinality(String), utm_source LowCardinality(String), utm_campaign LowCardinality(String), group_hash UInt64, image_hash UInt64, advertiser LowCardinality(String), brand LowCardinality(String), category LowCardinality(String), format LowCardinality(String), width UInt16, height UInt16, top_px UInt16, page_depth UInt8, visit_id UInt64, visit_number UInt32, is_first_in_visit UInt8, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
    (
        SELECT placement_key, detected_at, raw_id, host, site_id, site_category, country, domain, utm_source, utm_campaign, group_hash, image_hash,
            advertiser, brand, category, format, width, height, top_px, page_depth, period_id AS visit_id, period_number AS visit_number,
            is_first_in_period AS is_first_in_visit
        FROM medallion.gold_programmatic_visits
        ORDER BY placement_key, detected_at, raw_id
    ),
    SETTINGS check_exit_code = 1, stderr_reaction = 'throw', command_read_timeout = 600000, command_write_timeout = 60000) AS seen
LEFT ANY JOIN medallion.gold_site_days AS site_days ON site_days.host = seen.host AND site_days.day = toDate(seen.detected_at)
LEFT ANY JOIN medallion.gold_kutm AS kutm ON kutm.month = toYYYYMM(seen.detected_at) AND kutm.group_hash = seen.group_hash
LEFT ANY JOIN medallion.gold_creative_clusters AS clusters ON clusters.image_hash = seen.image_hash
LEFT ANY JOIN medallion.gold_repeats AS repeats ON repeats.period_id = seen.visit_id AND repeats.host = seen.host AND repeats.cluster = clusters.cluster
LEFT ANY JOIN medallion.mirror_formats AS formats ON formats.format = seen.format;

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
WITH site_days AS
(
    SELECT host, toDate(detected_at) AS day, uniqExact(period_id) AS panel_visits
    FROM medallion.gold_search_visits
    GROUP BY host, day
)
SELECT
    raw_id,
    detected_at,
    seen.host AS host,
    site_id,
    query,
    position,
    is_ad,
    domain,
    advertiser,
    brand,
    category,
    period_id AS visit_id,
    period_number AS visit_number,
    is_first_in_period AS is_first_in_visit,
    if(site_visits_per_day = 0, 1, site_visits_per_day / panel_visits) AS kvisits,
    pow(position, -0.8) AS kposition,
    kvisits * kposition AS ots
FROM medallion.gold_search_visits AS seen
LEFT ANY JOIN site_days ON site_days.host = seen.host AND site_days.day = toDate(seen.detected_at);

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
WITH site_days AS
(
    SELECT host, toDate(detected_at) AS day, uniqExact(period_id) AS panel_visits
    FROM medallion.gold_marketplace_visits
    GROUP BY host, day
)
SELECT
    raw_id,
    detected_at,
    seen.host AS host,
    site_id,
    shelf,
    position,
    sku,
    price,
    if(old_price = 0, 0, 1 - price / old_price) AS discount,
    domain,
    advertiser,
    brand,
    category,
    period_id AS visit_id,
    period_number AS visit_number,
    is_first_in_period AS is_first_in_visit,
    if(site_visits_per_day = 0, 1, site_visits_per_day / panel_visits) AS kvisits,
    pow(0.8, intDiv(position - 1, 5)) AS krow,
    kvisits * krow AS ots
FROM medallion.gold_marketplace_visits AS seen
LEFT ANY JOIN site_days ON site_days.host = seen.host AND site_days.day = toDate(seen.detected_at);

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
