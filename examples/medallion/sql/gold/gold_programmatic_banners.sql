-- A row per banner seen. A placement that nobody saw for a week begins a new flight.
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
FROM
{{ flights() }}
AS seen
LEFT ANY JOIN {{ ref('gold_site_days') }} AS site_days ON site_days.host = seen.host AND site_days.day = toDate(seen.detected_at)
LEFT ANY JOIN {{ ref('gold_kutm') }} AS kutm ON kutm.month = toYYYYMM(seen.detected_at) AND kutm.group_hash = seen.group_hash
LEFT ANY JOIN {{ ref('gold_creative_clusters') }} AS clusters ON clusters.image_hash = seen.image_hash
LEFT ANY JOIN {{ ref('gold_repeats') }} AS repeats ON repeats.period_id = seen.visit_id AND repeats.host = seen.host AND repeats.cluster = clusters.cluster
LEFT ANY JOIN {{ source('medallion', 'mirror_formats') }} AS formats ON formats.format = seen.format
