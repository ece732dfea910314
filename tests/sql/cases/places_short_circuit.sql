-- settings: enable_analyzer=0,1 short_circuit_function_evaluation=enable,force_enable
-- A row that a condition leaves out does not reach the function: here each such row would be an error. (In
-- a table: the old analyzer moves a WHERE into a sub-query twice and in another order.)
CREATE TABLE input ENGINE = Memory AS SELECT number AS n, if(number % 3 = 0, toInt64(-1), toInt64(2)) AS gap, arrayMap(i -> toInt64(i * i), range(number % 9)) AS times FROM numbers(100);

SELECT 'if', n FROM input WHERE if(gap < 0, [], periodNumbers(times, gap, 0)) != if(gap < 0, [], arrayMap((t, i) -> toUInt32(greatest(1, i - 1)), times, arrayEnumerate(times)));
SELECT 'if, how many', sum(length(if(gap < 0, [], periodNumbers(times, gap, 0)))) - sumIf(length(times), gap >= 0) FROM input;
SELECT 'multiIf', sum(multiIf(n > 90, 0, gap < 0, 1, length(periods(n, times, gap, 0)))) - sumIf(if(gap < 0, 1, greatest(length(times), 2) - 1 - (length(times) = 0)), n <= 90) FROM input;
SELECT 'AND', count() - countIf(gap > 0 AND n % 9 > 3) FROM input WHERE gap > 0 AND length(periods(n, times, gap, 0)) > 2;
SELECT 'OR', count() - countIf(gap < 0 OR n % 9 > 3) FROM input WHERE gap < 0 OR length(periods(n, times, gap, 0)) > 2;
-- (Not sum(if(…, …, 0)): the server makes a sumIf of it, which computes every row.)
SELECT 'a state that is none', sum(if(n % 2 = 0, exactMoments(if(n % 2 = 0, exactState([n]), 'no state')).1, 3)) FROM input;
