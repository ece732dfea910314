-- The build's door, which keeps nothing: what goes through it reaches each of the tables.
CREATE TABLE @BUILD@.typed AS @BUILD@.silver_@KIND@ ENGINE = Null;

CREATE MATERIALIZED VIEW @BUILD@.feed_silver TO @BUILD@.silver_@KIND@ AS
SELECT * FROM @BUILD@.typed;
