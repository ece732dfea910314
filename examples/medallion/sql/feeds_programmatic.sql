-- From the door of the kind into its tables: those in use, or those that a rebuild is building.
CREATE MATERIALIZED VIEW IF NOT EXISTS @TO@feed_silver_programmatic TO @TO@@NEXT@silver_programmatic AS
SELECT * FROM medallion.typed_programmatic;

CREATE MATERIALIZED VIEW IF NOT EXISTS @TO@feed_silver_kutm_per_group TO @TO@@NEXT@silver_kutm_per_group AS
SELECT toYYYYMM(detected_at) AS month, domain_hash, group_hash, count() AS placements
FROM medallion.typed_programmatic
GROUP BY month, domain_hash, group_hash;

CREATE MATERIALIZED VIEW IF NOT EXISTS @TO@feed_silver_kutm_per_domain TO @TO@@NEXT@silver_kutm_per_domain AS
SELECT toYYYYMM(detected_at) AS month, domain_hash, count() AS placements
FROM medallion.typed_programmatic
GROUP BY month, domain_hash;
