-- since: 26.7 lightweight updates
-- settings: enable_analyzer=0,1
-- Functions in mutations: ALTER TABLE ... UPDATE and DELETE, and the lightweight UPDATE and DELETE.
CREATE TABLE lists (seed UInt64, times Array(Int64), n UInt64) ENGINE = MergeTree ORDER BY seed
SETTINGS enable_block_number_column = 1, enable_block_offset_column = 1;
INSERT INTO lists SELECT number, arrayMap(j -> toInt64(sipHash64(number, j) % 60), range(number % 11)), 0 FROM numbers(300);
CREATE VIEW known AS SELECT seed, if(empty(times), 0, 1 + arrayCount(d -> d > 5, arrayDifference(arraySort(times)))) AS n FROM lists;
SET mutations_sync = 2;

ALTER TABLE lists UPDATE n = length(periods(seed, times, 5, 0)) WHERE 1;
SELECT 'UPDATE', seed FROM lists JOIN known USING (seed) WHERE lists.n != known.n;
ALTER TABLE lists UPDATE n = 1000 WHERE periodNumbers(times, 5, 0)[-1] = 2;
SELECT 'UPDATE ... WHERE', seed FROM lists
WHERE (n = 1000) != (notEmpty(times) AND arrayCount(d -> d > 5, arrayDifference(arraySort(arrayFilter(t -> t <= times[-1], times)))) = 1);
ALTER TABLE lists DELETE WHERE length(periods(seed, times, 5, 0)) = 3;
SELECT 'DELETE', count(), countIf(n = 3) FROM known
EXCEPT ALL SELECT 'DELETE', countIf(n != 3), toUInt64(0) FROM
  (SELECT if(number % 11 = 0, 0, 1 + arrayCount(d -> d > 5, arrayDifference(arraySort(arrayMap(j -> toInt64(sipHash64(number, j) % 60), range(number % 11)))))) AS n FROM numbers(300));

SET allow_experimental_lightweight_update = 1, enable_lightweight_update = 1, lightweight_delete_mode = 'alter_update';
UPDATE lists SET n = 2000 + length(periods(seed, times, 5, 0)) WHERE length(periods(seed, times, 5, 0)) > 3;
SELECT 'lightweight UPDATE', seed FROM lists JOIN known USING (seed) WHERE if(known.n > 3, lists.n != 2000 + known.n AND lists.n != 1000, lists.n > 2000);
DELETE FROM lists WHERE length(periods(seed, times, 5, 0)) = 4;
SELECT 'lightweight DELETE', count() FROM known WHERE n = 4 HAVING count() > 0;
SELECT 'what is left', countIf(n NOT IN (3, 4)) = count(), count() > 100 FROM known;
