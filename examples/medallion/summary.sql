-- What `make medallion` ends with.

-- step: layers
SELECT layer, rows, note
FROM
(
    SELECT 1 AS place, 'bronze_raw_data' AS layer, (SELECT count() FROM bronze_raw_data) AS rows, '' AS note
    UNION ALL
    SELECT 2, 'dead_letters', (SELECT count() FROM dead_letters), ''
    UNION ALL
    SELECT 3, 'silver, the three kinds', (SELECT count() FROM silver_programmatic) + (SELECT count() FROM silver_search) + (SELECT count() FROM silver_marketplace),
        (SELECT format('insert to silver: median {} s, 99 % {} s, longest {} s', round(quantile(0.5)(seconds), 2), round(quantile(0.99)(seconds), 2), round(max(seconds), 2))
            FROM ops.insert_lag)
    UNION ALL
    SELECT 4, 'gold_programmatic_banners', (SELECT count() FROM gold_programmatic_banners), ''
    UNION ALL
    SELECT 5, 'gold_search_results', (SELECT count() FROM gold_search_results), ''
    UNION ALL
    SELECT 6, 'gold_marketplace_shelves', (SELECT count() FROM gold_marketplace_shelves), ''
)
ORDER BY place
FORMAT PrettyCompactMonoBlock

-- step: refreshes
WITH last AS
(
    SELECT view AS name, last_success_duration_ms AS ms FROM system.view_refreshes WHERE database = 'medallion' AND startsWith(view, 'gold_')
)
SELECT name AS refresh, round(ms / 1000, 2) AS seconds
FROM last
ORDER BY ms DESC
FORMAT PrettyCompactMonoBlock

-- step: distinct
SELECT uniqExact(domain) AS domains FROM gold_programmatic_banners

-- step: answers
SELECT (SELECT uniqExact(domain) FROM gold_programmatic_banners) AS `count distinct domain over gold`, query_duration_ms AS milliseconds
FROM system.query_log
WHERE type = 'QueryFinish' AND query LIKE '%SELECT uniqExact(domain) AS domains FROM gold_programmatic_banners%'
ORDER BY event_time_microseconds DESC
LIMIT 1
FORMAT PrettyCompactMonoBlock
