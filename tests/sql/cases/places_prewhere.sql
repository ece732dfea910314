-- An expected failure: ClickHouse 26.7 does not find any executable function in an explicit PREWHERE. Once
-- this case fails because the query succeeds, move it to places_clauses.sql and take the line out of the
-- Limits in README.md.
CREATE TABLE lists (seed UInt64, times Array(Int64)) ENGINE = MergeTree ORDER BY seed;
INSERT INTO lists VALUES (1, [1, 100]), (2, [1, 2]);
SELECT seed FROM lists PREWHERE length(periods(seed, times, 5, 0)) = 2;
