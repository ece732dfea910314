-- since: 26.7 functions in a sorting key
-- settings: enable_analyzer=0,1
-- Functions in a table's own definition: DEFAULT, MATERIALIZED and ALIAS columns, a CHECK constraint, the
-- sorting and the partition key, a skip index and a TTL; on INSERT, for parts without the column, in a merge.
CREATE TABLE lists (
    seed UInt64,
    times Array(Int64),
    first_numbers Array(UInt32) DEFAULT periodNumbers(times, 5, 0),
    n UInt64 MATERIALIZED length(periods(seed, times, 5, 0)),
    state Tuple(n UInt64, mean Float64, m2 Float64) MATERIALIZED welfordState(times),
    history ALIAS activityState(times),
    n_wide ALIAS length(periods(seed, times, 20, 0)),
    CONSTRAINT few CHECK length(periods(seed, times, 5, 0)) < 20)
ENGINE = MergeTree ORDER BY seed;
INSERT INTO lists (seed, times) SELECT number, arrayMap(j -> toInt64(sipHash64(number, j) % 60), range(number % 11)) FROM numbers(300);
INSERT INTO lists (seed, times, first_numbers) VALUES (1000, [1, 100], [7, 7]), (1001, [], []);
INSERT INTO lists (seed, times) FORMAT JSONEachRow {"seed": 1002, "times": [1, 100, 2]}

CREATE VIEW known AS
SELECT seed, arraySort(times) AS s, arrayDifference(s) AS d, if(empty(s), 0, 1 + arrayCount(x -> x > 5, d)) AS n, if(empty(s), 0, 1 + arrayCount(x -> x > 20, d)) AS n_wide,
  length(times) AS length FROM lists;

SELECT 'DEFAULT', seed, first_numbers FROM lists JOIN known USING (seed) WHERE seed < 1000 AND arrayMax(first_numbers) != known.n;
SELECT 'DEFAULT of a value that is given', seed, first_numbers FROM lists WHERE seed >= 1000 ORDER BY seed;
SELECT 'MATERIALIZED', seed FROM lists JOIN known USING (seed) WHERE lists.n != known.n OR lists.state.1 != known.length;
SELECT 'ALIAS', seed FROM lists JOIN known USING (seed) WHERE lists.n_wide != known.n_wide OR arraySum(e -> e.2, activityEvents(lists.history)) != known.length;

-- A column that the parts on disk do not have: computed when read, then when merged.
ALTER TABLE lists ADD COLUMN lengths Array(UInt32) DEFAULT periodLengths(times, 5, 0);
SELECT 'added', seed FROM lists WHERE length(lengths) != length(times) OR arraySum(arrayMap(l -> 1 / l, lengths)) - n NOT BETWEEN -1e-9 AND 1e-9;
INSERT INTO lists (seed, times) VALUES (1003, [3, 4]);
OPTIMIZE TABLE lists FINAL;
SELECT 'merged', count() FROM lists WHERE length(lengths) = length(times) AND arraySum(arrayMap(l -> 1 / l, lengths)) - n BETWEEN -1e-9 AND 1e-9;
ALTER TABLE lists ADD COLUMN unique_lengths Array(UInt32) MATERIALIZED uniquePeriodLengths(times, 5, 0);
ALTER TABLE lists MATERIALIZE COLUMN unique_lengths SETTINGS mutations_sync = 2;
SELECT 'MATERIALIZE COLUMN', seed FROM lists WHERE length(unique_lengths) != length(times) OR (length(times) > 0 AND arrayMax(unique_lengths) != arrayMax(arrayMap(
  n -> arrayUniq(arrayFilter((t, m) -> m = n, times, periodNumbers(times, 5, 0))), periodNumbers(times, 5, 0))));

-- INSERT ... VALUES with expressions, and INSERT ... SELECT with a function.
CREATE TABLE plain (seed UInt64, numbers Array(UInt32)) ENGINE = Memory;
INSERT INTO plain VALUES (1, periodNumbers([1, 2, 30], 5, 0)), (1 + 1, periodNumbers([30, 1], 5, 0));
INSERT INTO plain SELECT 3, periodNumbers([], 5, 0);
SELECT 'VALUES', * FROM plain ORDER BY seed;

CREATE TABLE sorted (seed UInt64, times Array(Int64)) ENGINE = MergeTree ORDER BY (length(periods(seed, times, 5, 0)), seed)
SETTINGS index_granularity = 8;
INSERT INTO sorted SELECT seed, times FROM lists;
INSERT INTO sorted SELECT seed + 5000, times FROM lists;
OPTIMIZE TABLE sorted FINAL;
SELECT 'ORDER BY of the table', groupArray(n) AS ns FROM (SELECT length(periods(seed, times, 5, 0)) AS n FROM sorted SETTINGS max_threads = 1) HAVING ns != arraySort(ns);
SELECT 'primary key', count() FROM sorted WHERE length(periods(seed, times, 5, 0)) = 3
EXCEPT ALL SELECT 'primary key', 2 * count() FROM known WHERE n = 3;

CREATE TABLE indexed (seed UInt64, times Array(Int64), INDEX n length(periods(seed, times, 5, 0)) TYPE set(8) GRANULARITY 1) ENGINE = MergeTree ORDER BY seed
SETTINGS index_granularity = 8;
INSERT INTO indexed SELECT seed, times FROM lists;
SELECT 'skip index', count() FROM indexed WHERE length(periods(seed, times, 5, 0)) = 6
EXCEPT ALL SELECT 'skip index', count() FROM known WHERE n = 6;

CREATE TABLE partitioned (seed UInt64, times Array(Int64)) ENGINE = MergeTree PARTITION BY length(periods(seed, times, 5, 0)) ORDER BY seed;
INSERT INTO partitioned SELECT seed, times FROM lists;
SELECT 'PARTITION BY', toUInt64(_partition_id), count() FROM partitioned GROUP BY ALL
EXCEPT ALL SELECT 'PARTITION BY', n, count() FROM known GROUP BY n;
SELECT 'one partition', count() FROM partitioned WHERE length(periods(seed, times, 5, 0)) = 2
EXCEPT ALL SELECT 'one partition', count() FROM known WHERE n = 2;

CREATE TABLE expiring (seed UInt64, ts DateTime, times Array(Int64)) ENGINE = MergeTree ORDER BY seed
TTL ts DELETE WHERE length(periods(seed, times, 5, 0)) > 3;
INSERT INTO expiring SELECT seed, '2000-01-01 00:00:00', times FROM lists;
OPTIMIZE TABLE expiring FINAL;
SELECT 'TTL', count() FROM expiring EXCEPT ALL SELECT 'TTL', count() FROM known WHERE n <= 3;
