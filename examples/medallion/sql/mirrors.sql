-- People's tables in PostgreSQL, and a copy of each that is made anew every minute. A refresh that fails leaves the
-- last copy.

CREATE TABLE IF NOT EXISTS medallion.postgres_categories (category_id Int32, category String)
ENGINE = PostgreSQL(@POSTGRES@, 'categories', @POSTGRES_USER@);
CREATE TABLE IF NOT EXISTS medallion.postgres_sites (site_id Int32, host String, category_id Int32, visits_per_day Int32)
ENGINE = PostgreSQL(@POSTGRES@, 'sites', @POSTGRES_USER@);
CREATE TABLE IF NOT EXISTS medallion.postgres_advertisers
(
    advertiser_id Int32,
    domain String,
    advertiser String,
    brand String,
    category_id Int32
)
ENGINE = PostgreSQL(@POSTGRES@, 'advertisers', @POSTGRES_USER@);
CREATE TABLE IF NOT EXISTS medallion.postgres_formats (format String, weight Float64)
ENGINE = PostgreSQL(@POSTGRES@, 'formats', @POSTGRES_USER@);

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.mirror_categories REFRESH EVERY 1 MINUTE
ENGINE = MergeTree ORDER BY category_id AS
SELECT * FROM medallion.postgres_categories;

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.mirror_sites REFRESH EVERY 1 MINUTE
ENGINE = MergeTree ORDER BY host AS
SELECT * FROM medallion.postgres_sites;

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.mirror_advertisers REFRESH EVERY 1 MINUTE
ENGINE = MergeTree ORDER BY domain AS
SELECT * FROM medallion.postgres_advertisers;

CREATE MATERIALIZED VIEW IF NOT EXISTS medallion.mirror_formats REFRESH EVERY 1 MINUTE
ENGINE = MergeTree ORDER BY format AS
SELECT * FROM medallion.postgres_formats;
