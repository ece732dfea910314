-- since: 26.7 names in tuples under the old analyzer
-- settings: enable_analyzer=0,1 max_threads=1,4 max_block_size=7,65409
-- Functions in every clause of a SELECT: each answers as it does as a plain column. (The old analyzer sees
-- no elements of an expression by name, so they are taken by number.)
CREATE TABLE lists (seed UInt64, times Array(Int64)) ENGINE = MergeTree ORDER BY seed;
INSERT INTO lists SELECT number, arrayMap(j -> toInt64(sipHash64(number, j) % 60), range(number % 11)) FROM numbers(300);
CREATE TABLE answers ENGINE = MergeTree ORDER BY seed AS
SELECT seed, times, length(periods(seed, times, 5, 0)) AS n, if(empty(times), 0, arrayAvg(times)) AS mean FROM lists;

SELECT 'known', seed FROM answers
WHERE n != if(empty(times), 0, 1 + arrayCount(d -> d > 5, arrayDifference(arraySort(times))));
SELECT 'WHERE', count() FROM lists WHERE length(periods(seed, times, 5, 0)) = 3
EXCEPT ALL SELECT 'WHERE', count() FROM answers WHERE n = 3;
SELECT 'WHERE with AND and OR', sum(seed) FROM lists WHERE (length(periods(seed, times, 5, 0)) > 1 AND seed % 3 = 0) OR welfordState(times).n = 2
EXCEPT ALL SELECT 'WHERE with AND and OR', sum(seed) FROM answers WHERE (n > 1 AND seed % 3 = 0) OR length(times) = 2;
SELECT 'GROUP BY', length(periods(seed, times, 5, 0)) AS g, count(), sum(seed) FROM lists GROUP BY g
EXCEPT ALL SELECT 'GROUP BY', n, count(), sum(seed) FROM answers GROUP BY n;
SELECT 'HAVING', seed % 10 AS g FROM lists GROUP BY g HAVING length(periods(g, arrayFlatten(groupArray(times)), 1, 0)) > 5
EXCEPT ALL SELECT 'HAVING', g FROM
  (SELECT seed % 10 AS g, arraySort(arrayFlatten(groupArray(times))) AS s FROM answers GROUP BY g) WHERE 1 + arrayCount(d -> d > 1, arrayDifference(s)) > 5;
SELECT 'ORDER BY', groupArray(seed) FROM (SELECT seed FROM lists ORDER BY length(periods(seed, times, 5, 0)) DESC, seed LIMIT 50)
EXCEPT ALL SELECT 'ORDER BY', groupArray(seed) FROM (SELECT seed FROM answers ORDER BY n DESC, seed LIMIT 50);
SELECT 'LIMIT BY', count() FROM (SELECT seed FROM lists LIMIT 1 BY length(periods(seed, times, 5, 0)))
EXCEPT ALL SELECT 'LIMIT BY', uniqExact(n) FROM answers;
SELECT 'DISTINCT', * FROM (SELECT DISTINCT length(periods(seed, times, 5, 0)) FROM lists)
EXCEPT ALL SELECT 'DISTINCT', * FROM (SELECT DISTINCT n FROM answers);
SELECT 'IN', count() FROM answers WHERE (seed, n) NOT IN (SELECT seed, length(periods(seed, times, 5, 0)) FROM lists) HAVING count() > 0;
SELECT 'left of IN', count() FROM lists WHERE (seed, length(periods(seed, times, 5, 0))) NOT IN (SELECT seed, n FROM answers) HAVING count() > 0;
SELECT 'scalar subquery', (SELECT sum(length(periods(seed, times, 5, 0))) FROM lists) AS s WHERE s != (SELECT sum(n) FROM answers);
SELECT 'WITH', count() FROM (WITH periods(seed, times, 5, 0) AS p SELECT seed, length(p) AS l FROM lists) AS a JOIN answers AS b USING (seed) WHERE l != n HAVING count() > 0;
SELECT 'ARRAY JOIN', count() FROM (SELECT seed, max(p.2) AS l FROM lists ARRAY JOIN periods(seed, times, 5, 0) AS p GROUP BY seed) AS a
JOIN answers AS b USING (seed) WHERE l != n HAVING count() > 0;
SELECT 'LEFT ARRAY JOIN', count() FROM (SELECT seed, max(p.2) AS l FROM lists LEFT ARRAY JOIN periods(seed, times, 5, 0) AS p GROUP BY seed) AS a
JOIN answers AS b USING (seed) WHERE l != n HAVING count() > 0;
SELECT 'UNION ALL', sum(l) AS s FROM (SELECT length(periods(seed, times, 5, 0)) AS l FROM lists UNION ALL SELECT length(periods(seed, times, 5, 0)) FROM lists)
HAVING s != (SELECT 2 * sum(n) FROM answers);
SELECT 'aggregate over it', seed % 7 AS g, sum(length(periods(seed, times, 5, 0))) AS s, max(welfordState(times).n), sumIf(seed, welfordState(times).n > 3) FROM lists GROUP BY g
EXCEPT ALL SELECT 'aggregate over it', seed % 7 AS g, sum(n), max(length(times)), sumIf(seed, length(times) > 3) FROM answers GROUP BY g;
SELECT 'constant', tupleElement(periods(7, [1, 2, 30], 5, 0), 'number') AS n WHERE n != [1, 2];
SELECT 'constant in a table', count() FROM lists WHERE tupleElement(periods(7, [1, 2, 30], 5, 0), 'number') != [1, 2] HAVING count() > 0;
SELECT 'INTERPOLATE', n, l FROM (SELECT toUInt64(number * 3) AS n, periodNumbers([1, 9], 5, 0)[-1] AS l FROM numbers(2)
  ORDER BY n WITH FILL TO 6 INTERPOLATE (l AS l + periodNumbers([1, 9, 20], 5, 0)[-1])) WHERE l != [2, 5, 8, 2, 5, 8][n + 1];
