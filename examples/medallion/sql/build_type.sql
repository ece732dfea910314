-- From here on the build is fed.
CREATE MATERIALIZED VIEW @BUILD@.type TO @BUILD@.typed AS
-- include: silver/silver_@KIND@.sql
;
