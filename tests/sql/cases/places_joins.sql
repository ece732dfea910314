-- settings: enable_analyzer=0,1 max_threads=1,4 max_block_size=7,65409
-- Functions in what a JOIN compares, filters and uses, on either side, with each algorithm that takes it.
CREATE TABLE a (seed UInt64, times Array(Int64)) ENGINE = MergeTree ORDER BY seed;
INSERT INTO a SELECT number, arrayMap(j -> toInt64(sipHash64(number, j) % 60), range(number % 11)) FROM numbers(150);
CREATE TABLE b (n UInt64, name String) ENGINE = MergeTree ORDER BY n;
INSERT INTO b SELECT number, toString(number) FROM numbers(1, 6);
CREATE TABLE known (seed UInt64, n UInt64) ENGINE = MergeTree ORDER BY seed AS
SELECT seed, if(empty(times), 0, 1 + arrayCount(d -> d > 5, arrayDifference(arraySort(times)))) AS n FROM a;

SELECT 'INNER', seed, name FROM a INNER JOIN b ON length(periods(a.seed, a.times, 5, 0)) = b.n
EXCEPT ALL SELECT 'INNER', seed, name FROM known JOIN b USING (n);
SELECT 'a row fewer', count() FROM a INNER JOIN b ON length(periods(a.seed, a.times, 5, 0)) = b.n
EXCEPT ALL SELECT 'a row fewer', count() FROM known JOIN b USING (n);
SELECT 'LEFT', seed, name FROM a LEFT JOIN b ON length(periods(a.seed, a.times, 5, 0)) = b.n
EXCEPT ALL SELECT 'LEFT', seed, name FROM known LEFT JOIN b USING (n);
SELECT 'FULL', seed, name FROM a FULL JOIN b ON length(periods(a.seed, a.times, 5, 0)) = b.n
EXCEPT ALL SELECT 'FULL', seed, name FROM known FULL JOIN b USING (n);
SELECT 'SEMI', sum(seed) FROM a LEFT SEMI JOIN b ON length(periods(a.seed, a.times, 5, 0)) = b.n
EXCEPT ALL SELECT 'SEMI', sum(seed) FROM known LEFT SEMI JOIN b USING (n);
SELECT 'ANTI', sum(seed) FROM a LEFT ANTI JOIN b ON length(periods(a.seed, a.times, 5, 0)) = b.n
EXCEPT ALL SELECT 'ANTI', sum(seed) FROM known LEFT ANTI JOIN b USING (n);
SELECT 'ON of the right side', seed, name FROM b INNER JOIN a ON b.n = length(periods(a.seed, a.times, 5, 0))
EXCEPT ALL SELECT 'ON of the right side', seed, name FROM known JOIN b USING (n);
SELECT 'ON with one side''s filter', seed, name FROM a LEFT JOIN b ON length(periods(a.seed, a.times, 5, 0)) = b.n AND periodNumbers([toInt64(b.n), 3], 0, 0)[1] = 2
EXCEPT ALL SELECT 'ON with one side''s filter', seed, name FROM known LEFT JOIN b ON known.n = b.n AND b.n > 3;
SELECT 'USING', seed, name FROM (SELECT seed, length(periods(seed, times, 5, 0)) AS n FROM a) AS p INNER JOIN b USING (n)
EXCEPT ALL SELECT 'USING', seed, name FROM known JOIN b USING (n);
SELECT 'CROSS and WHERE', seed, name FROM a, b WHERE length(periods(a.seed, a.times, 5, 0)) = b.n
EXCEPT ALL SELECT 'CROSS and WHERE', seed, name FROM known JOIN b USING (n);
SELECT 'WHERE after LEFT', sum(seed) FROM a LEFT JOIN b ON a.seed = b.n WHERE length(periods(a.seed, a.times, 5, 0)) = 2
EXCEPT ALL SELECT 'WHERE after LEFT', sum(seed) FROM known WHERE n = 2;
SELECT 'ASOF', seed, name FROM (SELECT seed, times, 1 AS k FROM a) AS a ASOF JOIN (SELECT *, 1 AS k FROM b) AS b ON a.k = b.k AND length(periods(a.seed, a.times, 5, 0)) >= b.n
EXCEPT ALL SELECT 'ASOF', seed, toString(least(n, 6)) FROM known WHERE n > 0;
SELECT 'both sides', count() FROM a AS l JOIN a AS r ON periodIds(l.seed % 5, [toInt64(l.seed % 5)], 1, 0) = periodIds(r.seed % 5, [toInt64(r.seed % 5)], 1, 0)
EXCEPT ALL SELECT 'both sides', toUInt64(5 * 30 * 30);

SET join_algorithm = 'full_sorting_merge';
SELECT 'full_sorting_merge', seed, name FROM a INNER JOIN b ON length(periods(a.seed, a.times, 5, 0)) = b.n
EXCEPT ALL SELECT 'full_sorting_merge', seed, name FROM known JOIN b USING (n) SETTINGS join_algorithm = 'hash';
SET join_algorithm = 'grace_hash';
SELECT 'grace_hash', count() FROM a LEFT JOIN b ON length(periods(a.seed, a.times, 5, 0)) = b.n
EXCEPT ALL SELECT 'grace_hash', toUInt64(150);
