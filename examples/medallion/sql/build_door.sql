-- What this build got from bronze or the build before of inserts that may be sent again: its feeds do not remember their tokens.
CREATE TABLE @BUILD@.copied
(
    insert_token String,
    raw_id UUID
)
ENGINE = MergeTree ORDER BY (insert_token, raw_id);

-- The build's door, which keeps nothing: what goes through it reaches each of the tables.
CREATE TABLE @BUILD@.typed AS @BUILD@.silver_@KIND@ ENGINE = Null;

CREATE MATERIALIZED VIEW @BUILD@.feed_silver TO @BUILD@.silver_@KIND@ AS
SELECT * FROM @BUILD@.typed;
