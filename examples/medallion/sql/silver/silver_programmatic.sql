-- Programmatic banners: rows of silver from rows of bronze. The script reads this text, and dbt does (../../dbt).
SELECT
    raw_id,
    detected_at,
    created_at,
    -- A row without a user is a user of its own.
    if(user = '', sipHash64(raw_id), sipHash64(user)) AS user_key,
    user,
    exchange,
    country,
    page_url,
    row.host AS host,
    site.site_id AS site_id,
    site_category.category AS site_category,
    site.visits_per_day AS site_visits_per_day,
    hops[3] AS target_url,
    arrayDistinct(arrayFilter(url -> url != click_url, hops)) AS redirects,
    row.domain AS domain,
    utm[1] AS utm_source,
    utm[2] AS utm_medium,
    utm[3] AS utm_campaign,
    sipHash64(host, domain) AS domain_hash,
    sipHash64(host, domain, utm) AS group_hash,
    sipHash64(host, domain, image) AS placement_key,
    reinterpretAsUInt64(reverse(unhex(leftPad(image, 16, '0')))) AS image_hash,
    advertiser.advertiser_id AS advertiser_id,
    advertiser.advertiser AS advertiser,
    advertiser.brand AS brand,
    category.category AS category,
    format,
    width,
    height,
    top_px,
    page_depth
FROM
(
    WITH
        -- The address in an address: where a click is sent on to.
        (url -> decodeURLComponent(extractURLParameter(url, 'adurl'))) AS inner,
        (url -> if(startsWith(inner(url), 'http'), inner(url), url)) AS follow,
        ((text, low, high) -> least(greatest(ifNull(toFloat64OrNull(text), low), low), high)) AS clamped
    SELECT
        raw_id,
        detected_at,
        created_at,
        ifNull(context.user.:String, ifNull(payload.userIds.xchg.:String, '')) AS user,
        ifNull(payload.exchange.:String, '') AS exchange,
        ifNull(payload.location.countryCode.:String, '') AS country,
        ifNull(payload.url.:String, '') AS page_url,
        lower(domainWithoutWWW(page_url)) AS host,
        ifNull(payload.creative.click_url.:String, page_url) AS click_url,
        [follow(click_url), follow(follow(click_url)), follow(follow(follow(click_url)))] AS hops,
        lower(cutToFirstSignificantSubdomain(hops[3])) AS domain,
        arrayMap(value -> decodeURLFormComponent(value), [extractURLParameter(hops[3], 'utm_source'), extractURLParameter(hops[3], 'utm_medium'),
            extractURLParameter(hops[3], 'utm_campaign')]) AS utm,
        ifNull(payload.creative.image_hash.:String, '') AS image,
        ifNull(dynamicElement(payload.spots[].formats[1], 'Array(Nullable(String))')[1], '') AS format,
        toUInt16(clamped(splitByChar('x', format)[1], 1, 4000)) AS width,
        toUInt16(clamped(splitByChar('x', format)[2], 1, 4000)) AS height,
        toUInt16(clamped(context.top_px::String, 0, 30000)) AS top_px,
        toUInt8(clamped(context.page_depth::String, 1, 50)) AS page_depth
    FROM {{ source('medallion', 'bronze_raw_data') }}
    WHERE detection_type = 'programmatic'
) AS row
LEFT ANY JOIN {{ source('medallion', 'mirror_sites') }} AS site ON site.host = row.host
LEFT ANY JOIN {{ source('medallion', 'mirror_categories') }} AS site_category ON site_category.category_id = site.category_id
LEFT ANY JOIN {{ source('medallion', 'mirror_advertisers') }} AS advertiser ON advertiser.domain = row.domain
LEFT ANY JOIN {{ source('medallion', 'mirror_categories') }} AS category ON category.category_id = advertiser.category_id
