-- What `make medallion` ends with.

-- step: layers
SELECT layer, rows, lag AS `insert to silver`
FROM
(
    SELECT 1 AS place, 'bronze_raw_data' AS layer, (SELECT count() FROM bronze_raw_data) AS rows, '' AS lag
    UNION ALL
    SELECT 2, 'dead_letters', (SELECT count() FROM dead_letters), ''
    UNION ALL
    SELECT 3, 'silver, the three kinds', (SELECT count() FROM silver_programmatic) + (SELECT count() FROM silver_search) + (SELECT count() FROM silver_marketplace),
        (SELECT format('median {} s, 99 % {} s', round(quantile(0.5)(seconds), 2), round(quantile(0.99)(seconds), 2))
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
SELECT name AS refresh, round(query_duration_ms / 1000, 2) AS seconds,
    round((ProfileEvents['UserTimeMicroseconds'] + ProfileEvents['SystemTimeMicroseconds']) / 1e6, 2) AS `processor seconds`,
    intDiv(memory_usage, 1048576) AS MiB, written_rows AS rows
FROM
(
    SELECT *, toUUIDOrZero(extract(query, 'inner_id\\.([0-9a-f-]+)')) AS view
    FROM system.query_log
    WHERE type = 'QueryFinish' AND is_internal AND query_kind = 'Insert'
    ORDER BY event_time_microseconds DESC
    LIMIT 1 BY view
) AS refreshes
INNER JOIN system.tables ON system.tables.uuid = refreshes.view
WHERE startsWith(name, 'gold_')
ORDER BY query_duration_ms DESC
FORMAT PrettyCompactMonoBlock

-- step: distinct
SELECT uniqExact(domain) AS domains FROM gold_programmatic_banners

-- step: normalised
-- The banners for PostgreSQL, as its tables keep them: ids in the place of names.
SELECT raw_id, detected_at, site_id, rank AS domain_id, format, country, ots
FROM gold_programmatic_banners
INNER JOIN (SELECT domain, row_number() OVER (ORDER BY domain) AS rank FROM (SELECT DISTINCT domain FROM gold_programmatic_banners)) AS domains USING (domain)
FORMAT TSV

-- step: domains
SELECT row_number() OVER (ORDER BY domain) AS domain_id, domain FROM (SELECT DISTINCT domain FROM gold_programmatic_banners) FORMAT TSV

-- step: answers
SELECT min(query_duration_ms) AS fastest, quantileExact(0.5)(query_duration_ms) AS median
FROM system.query_log
WHERE type = 'QueryFinish' AND NOT is_internal AND query LIKE '%SELECT uniqExact(domain) AS domains FROM gold%' AND query NOT LIKE '%query\_log%'
FORMAT TSV
