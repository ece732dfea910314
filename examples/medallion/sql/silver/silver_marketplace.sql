-- Marketplace shelves: rows of silver from rows of bronze. The script reads this text, and dbt does (../../dbt).
SELECT
    raw_id,
    detected_at,
    created_at,
    if(user = '', sipHash64(raw_id), sipHash64(user)) AS user_key,
    user,
    row.host AS host,
    site.site_id AS site_id,
    site.visits_per_day AS site_visits_per_day,
    shelf,
    position,
    sku,
    price,
    greatest(price, old_price) AS old_price,
    row.domain AS domain,
    advertiser.advertiser_id AS advertiser_id,
    advertiser.advertiser AS advertiser,
    advertiser.brand AS brand,
    category.category AS category
FROM
(
    WITH ((text, low, high) -> least(greatest(ifNull(toFloat64OrNull(text), low), low), high)) AS clamped
    SELECT
        raw_id,
        detected_at,
        created_at,
        ifNull(context.user.:String, '') AS user,
        lower(domainWithoutWWW(ifNull(payload.url.:String, ''))) AS host,
        ifNull(payload.shelf.:String, '') AS shelf,
        toUInt16(clamped(payload.position::String, 1, 1000)) AS position,
        ifNull(payload.sku.:String, '') AS sku,
        clamped(payload.price::String, 0, 10000000) AS price,
        clamped(payload.old_price::String, 0, 10000000) AS old_price,
        lower(cutToFirstSignificantSubdomain(ifNull(payload.seller.url.:String, ''))) AS domain
    FROM {{ source('medallion', 'bronze_raw_data') }}
    WHERE detection_type = 'marketplace'
) AS row
LEFT ANY JOIN {{ source('medallion', 'mirror_sites') }} AS site ON site.host = row.host
LEFT ANY JOIN {{ source('medallion', 'mirror_advertisers') }} AS advertiser ON advertiser.domain = row.domain
LEFT ANY JOIN {{ source('medallion', 'mirror_categories') }} AS category ON category.category_id = advertiser.category_id
