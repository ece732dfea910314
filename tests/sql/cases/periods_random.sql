-- settings: max_threads=1,4 max_block_size=1,7,1000,65409,1000000
-- Every function over random arrays with ties, in no order, negative ticks included, another gap and
-- cap in each row, against plain SQL that steps through the sorted ticks with arrayFold. numbers() gives
-- blocks of exactly max_block_size rows.
WITH
  input AS (
    SELECT
      number AS seed,
      sipHash64(number, 1) AS key,
      sipHash64(number, 2) % 15 AS gap,
      (sipHash64(number, 3) % 3) * (sipHash64(number, 4) % 40) AS max_span,
      arrayMap(i -> toInt64(sipHash64(number, i, 5) % (1 + sipHash64(number, 6) % 300)) - 120, range(sipHash64(number, 7) % 60)) AS times
    FROM numbers(400)),
  reference AS (
    SELECT *,
      -- (tick, its period's first tick) in the order of time
      arrayFold(
        (done, t) -> arrayPushBack(done,
          (t, if(length(done) = 0 OR t - done[-1].1 > gap OR (max_span > 0 AND t - done[-1].2 > max_span), t, done[-1].2))),
        arraySort(times), CAST([], 'Array(Tuple(Int64, Int64))')) AS sorted,
      arrayMap(t -> arrayFirst(s -> s.1 = t, sorted).2, times) AS firsts,
      arrayMap(f -> toUInt32(arrayUniq(arrayFilter(g -> g <= f, firsts))), firsts) AS numbers,
      arrayMap(f -> xxh3(concat(reinterpretAsFixedString(key), reinterpretAsFixedString(f))), firsts) AS ids,
      arrayMap((t, f, i) -> toUInt8(t = f AND indexOf(times, t) = i), times, firsts, arrayEnumerate(times)) AS is_first,
      arrayMap(f -> toUInt32(countEqual(firsts, f)), firsts) AS lengths,
      arrayMap(f -> toUInt32(arrayUniq(arrayFilter((t, g) -> g = f, times, firsts))), firsts) AS unique_lengths
    FROM input),
  compared AS (
    SELECT seed, gap, max_span, times,
      [('periodNumbers', toString(periodNumbers(times, gap, max_span)), toString(numbers)),
       ('periodIds', toString(periodIds(key, times, gap, max_span)), toString(ids)),
       ('firstInPeriod', toString(firstInPeriod(times, gap, max_span)), toString(is_first)),
       ('periodLengths', toString(periodLengths(times, gap, max_span)), toString(lengths)),
       ('uniquePeriodLengths', toString(uniquePeriodLengths(times, gap, max_span)), toString(unique_lengths)),
       ('periodRows', toString(periodRows(key, times, gap, max_span)),
         toString(arrayZip(ids, numbers, is_first, lengths, unique_lengths))),
       ('periods', toString(periods(key, times, gap, max_span)),
         toString(arraySort(p -> p.2, arrayDistinct(arrayMap(
           (f, id, number, l, u) -> (id, number, f, arrayMax(arrayMap((t, g) -> if(g = f, t, f), times, firsts)), l, u),
           firsts, ids, numbers, lengths, unique_lengths)))))] AS results
    FROM reference)
SELECT seed, gap, max_span, times, results.1 AS function, results.2 AS found, results.3 AS expected
FROM compared ARRAY JOIN results
WHERE found != expected
ORDER BY seed, function LIMIT 5;
