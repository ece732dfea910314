-- since: 26.7 names in tuples under the old analyzer
-- settings: enable_analyzer=0,1 max_block_size=7,65409
-- Functions inside lambdas, with arguments of the lambda and of the row around it.
CREATE VIEW input AS
SELECT number AS seed, arrayMap(i -> arrayMap(j -> toInt64(sipHash64(number, i, j) % 50), range((number + i) % 7)), range(number % 5)) AS lists,
  toInt64(number % 9) AS gap
FROM numbers(200);

-- A list at a time and all of them at once.
SELECT 'arrayMap', seed FROM input
WHERE arrayMap(l -> periodNumbers(l, gap, 0), lists)
  != arrayMap(l -> arrayMap(t -> toUInt32(1 + countEqual(arrayMap((s, p) -> s <= t AND s - p > gap,
      arrayPopFront(arraySort(l)), arrayPopBack(arraySort(l))), 1)), l), lists);

SELECT 'arrayFilter', seed FROM input
WHERE arrayFilter(l -> length(periods(seed, l, gap, 0)) = 1, lists)
  != arrayFilter(l -> notEmpty(l) AND arrayMax(arrayDifference(arraySort(l))) <= gap, lists);

SELECT 'arraySort', seed FROM input
WHERE arraySort(l -> (welfordState(l).mean, l), lists) != arraySort(l -> (if(empty(l), 0, arrayAvg(l)), l), lists)
  -- Welford's mean and arrayAvg's may round differently.
  AND arrayExists((a, b) -> abs(a - b) > 1e-12, arrayMap(l -> welfordState(l).mean, arraySort(l -> (welfordState(l).mean, l), lists)),
    arrayMap(l -> if(empty(l), 0, arrayAvg(l)), arraySort(l -> (if(empty(l), 0, arrayAvg(l)), l), lists)));

SELECT 'arrayMap in arrayMap', seed FROM input
WHERE arrayMap(l -> arrayMap(t -> activityEvents(activityState([t, t + seed]))[1].tick, l), lists) != lists;

SELECT 'arrayFold', seed FROM input
WHERE arrayFold((s, l) -> welfordMerge([s, welfordState(l)]), lists, welfordState(emptyArrayFloat64())).n != length(arrayFlatten(lists));

SELECT 'lambda over states', seed FROM input
WHERE arrayReduce('sum', arrayMap(s -> exactMoments(s).n, arrayMap(l -> exactState(l), lists))) != length(arrayFlatten(lists));

SELECT 'mapApply', seed FROM input
WHERE mapApply((k, v) -> (k, periodNumbers(v, gap, 0)[-1]), CAST((arrayEnumerate(lists), lists), 'Map(UInt32, Array(Int64))'))
  != CAST((arrayEnumerate(lists), arrayMap(l -> periodNumbers(l, gap, 0)[-1], lists)), 'Map(UInt32, UInt32)');
