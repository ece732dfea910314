-- settings: enable_analyzer=0,1 max_threads=1,4
-- Functions over aggregates with subtotals: the subtotals' rows are computed as the others.
CREATE VIEW events AS SELECT number % 3 AS a, number % 4 AS b, toInt64(sipHash64(number) % 2000) AS ts FROM numbers(600);
CREATE VIEW state AS SELECT a, b, activityState(groupArray(ts)) AS history FROM events GROUP BY a, b;

SELECT 'ROLLUP', a, b, length(periods(1, groupArray(ts), 10, 0)) AS n, welfordState(groupArray(ts)).1 FROM events GROUP BY ROLLUP(a, b)
EXCEPT ALL (
  SELECT 'ROLLUP', a, b, 1 + arrayCount(d -> d > 10, arrayDifference(arraySort(groupArray(ts)))), count() FROM events GROUP BY a, b
  UNION ALL SELECT 'ROLLUP', a, 0, 1 + arrayCount(d -> d > 10, arrayDifference(arraySort(groupArray(ts)))), count() FROM events GROUP BY a
  UNION ALL SELECT 'ROLLUP', 0, 0, 1 + arrayCount(d -> d > 10, arrayDifference(arraySort(groupArray(ts)))), count() FROM events);
SELECT 'CUBE', count(), sum(exactMoments(e).1) FROM (SELECT exactState(groupArray(ts)) AS e FROM events GROUP BY CUBE(a, b));
SELECT 'GROUPING SETS', count(), sum(arraySum(x -> x.2, activityEvents(h))) FROM
  (SELECT activityMerge(groupArray(history)) AS h FROM state GROUP BY GROUPING SETS ((a), (b), ()));
SELECT 'HAVING', a, length(periods(1, groupArray(ts), 1, 0)) > 60 AS many FROM events GROUP BY a WITH TOTALS HAVING many ORDER BY a;
-- The last row is that of all events.
SELECT 'TOTALS', a, length(periods(1, groupArray(ts), 10, 0)) - (1 + arrayCount(d -> d > 10, arrayDifference(arraySort(groupArray(ts))))) AS wrong,
  length(activityEvents(activityState(groupArray(ts)))) - uniqExact(ts) AS wrong_too
FROM events GROUP BY a WITH TOTALS ORDER BY a;
