-- since: 26.7 functions in a sorting key
-- settings: enable_analyzer=0,1
-- Functions in projections, of rows and of an aggregation, which the queries are made to use.
CREATE TABLE lists (seed UInt64, times Array(Int64),
    PROJECTION by_n (SELECT seed, times, length(periods(seed, times, 5, 0)) ORDER BY length(periods(seed, times, 5, 0))),
    PROJECTION counts (SELECT length(periods(seed, times, 5, 0)), count(), sum(seed) GROUP BY length(periods(seed, times, 5, 0))))
ENGINE = MergeTree ORDER BY seed SETTINGS index_granularity = 16;
INSERT INTO lists SELECT number, arrayMap(j -> toInt64(sipHash64(number, j) % 60), range(number % 11)) FROM numbers(3000);
INSERT INTO lists SELECT number, arrayMap(j -> toInt64(sipHash64(number, j) % 60), range(number % 11)) FROM numbers(3000, 2000);
CREATE TABLE known ENGINE = Memory AS SELECT seed, if(empty(times), 0, 1 + arrayCount(d -> d > 5, arrayDifference(arraySort(times)))) AS n FROM lists;

SET optimize_use_projections = 1, force_optimize_projection = 1;
SELECT 'aggregation', length(periods(seed, times, 5, 0)) AS n, count(), sum(seed) FROM lists GROUP BY n
EXCEPT ALL SELECT 'aggregation', n, count(), sum(seed) FROM known GROUP BY n SETTINGS force_optimize_projection = 0;
SELECT 'rows', seed FROM lists WHERE length(periods(seed, times, 5, 0)) = 7
EXCEPT ALL SELECT 'rows', seed FROM known WHERE n = 7 SETTINGS force_optimize_projection = 0;
SELECT 'rows, counted', sum(seed) FROM lists WHERE length(periods(seed, times, 5, 0)) = 7
EXCEPT ALL SELECT 'rows, counted', sum(seed) FROM known WHERE n = 7 SETTINGS force_optimize_projection = 0;
OPTIMIZE TABLE lists FINAL;
SELECT 'aggregation, merged', length(periods(seed, times, 5, 0)) AS n, count(), sum(seed) FROM lists GROUP BY n
EXCEPT ALL SELECT 'aggregation, merged', n, count(), sum(seed) FROM known GROUP BY n SETTINGS force_optimize_projection = 0;
