WITH site_days AS
(
    SELECT host, toDate(detected_at) AS day, uniqExact(period_id) AS panel_visits
    FROM {{ ref('gold_marketplace_visits') }}
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
FROM {{ ref('gold_marketplace_visits') }} AS seen
LEFT ANY JOIN site_days ON site_days.host = seen.host AND site_days.day = toDate(seen.detected_at)
