-- Of silver itself: dbt has no counters that are fed row by row.
SELECT month, group_hash, any(placements) / any(domain_placements) AS share, if(share < 0.1, 1, pow(0.1 / share, 2)) AS kutm
FROM
(
    SELECT toYYYYMM(detected_at) AS month, domain_hash, group_hash, count() AS placements,
        sum(placements) OVER (PARTITION BY month, domain_hash) AS domain_placements
    FROM {{ ref('silver_programmatic') }}
    GROUP BY month, domain_hash, group_hash
)
GROUP BY month, group_hash
