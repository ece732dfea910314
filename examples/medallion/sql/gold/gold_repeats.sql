-- A creative that one visit saw several times on a site.
SELECT period_id, host, clusters.cluster AS cluster, count() AS repeats
FROM {{ ref('gold_programmatic_visits') }} AS visits
INNER JOIN {{ ref('gold_creative_clusters') }} AS clusters USING (image_hash)
GROUP BY period_id, host, cluster
HAVING repeats > 1
