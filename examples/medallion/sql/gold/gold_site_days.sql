-- How many visits of a site's audience one visit of the panel stands for, per day.
SELECT
    host,
    toDate(detected_at) AS day,
    uniqExact(period_id) AS panel_visits,
    max(site_visits_per_day) AS visits,
    if(visits = 0, 1, visits / panel_visits) AS kvisits
FROM {{ ref('gold_programmatic_visits') }}
GROUP BY host, day
