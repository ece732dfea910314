-- settings: max_threads=1,4 max_block_size=7,65409
-- Sorted rows in, one row per key out: what merge_partials builds from raw values has the bits of the functions,
-- whatever the order of a key's rows, and so has what it merges from its own results by salt.
CREATE TABLE events ENGINE = Memory AS
SELECT
  if(number % 11 = 0, NULL, toString(number % 11)) AS user, sipHash64(number, 5) % 5 AS salt,
  if(number % 13 = 0, NULL, toDateTime(sipHash64(number, 1) % 40 * 3600, 'UTC')) AS t,
  toDateTime64(sipHash64(number, 6) % 90, 3, 'UTC') + 0.25 AS t64, toDate(sipHash64(number, 7) % 50) AS day,
  toFloat64(sipHash64(number, 2) % 100000) / 7 + 1e6 AS x,
  if(number % 4 = 0, NULL, pow(2, toInt32(sipHash64(number, 3) % 400) - 200) / 3) AS wide,
  toInt64(sipHash64(number, 4)) % 1000000007 AS i,
  toFloat32(x) AS single, toDecimal64(i, 4) / 7 AS d, toLowCardinality(if(number % 3 = 0, NULL, toString(i % 9))) AS word,
  toUInt8(number) AS small
FROM numbers(5000);

CREATE TABLE folded ENGINE = Memory AS
SELECT * FROM executable('merge_partials --keys 1 --op n=count() --op t=activity --op t_count=count(t) --op t64=activity --op day=activity --op x=exact --op x_state=exact_state(x) --op x_moments=moments(x) --op x_max=max(x) --op wide=exact --op wide_state=exact_state(wide) --op wide_sum=sum(wide) --op i=exact --op i_sum=sum(i) --op single_state=exact_state(single) --op single=sum --op d=exact --op word=count --op small=sum(small) --op small_exact=exact(small)', Native,
  'user Nullable(String), n UInt64, t String, t_count UInt64, t64 String, day String, x Tuple(n UInt64, mean Float64, m2 Float64), x_state String, x_moments Tuple(n UInt64, mean Float64, m2 Float64), x_max Float64, wide Tuple(n UInt64, mean Float64, m2 Float64), wide_state String, wide_sum Nullable(Float64), i Tuple(n UInt64, mean Float64, m2 Float64), i_sum Int64, single_state String, single Float32, d Tuple(n UInt64, mean Float64, m2 Float64), word UInt64, small UInt64, small_exact Tuple(n UInt64, mean Float64, m2 Float64)',
  (SELECT user, t, t64, day, x, wide, i, single, d, word, small FROM events ORDER BY user, sipHash64(i, 1)),
  SETTINGS check_exit_code = 1, stderr_reaction = 'throw');

SELECT user, n, t, t_count, t64, day, x, x_state, x_moments.n, x_max, wide, wide_state, i, i_sum, single_state, d, word, small, small_exact FROM folded
EXCEPT DISTINCT
SELECT user, count(), activityState(groupArray(t)), count(t), activityState(groupArray(t64)), activityState(groupArray(day)),
  exactMoments(exactState(groupArray(x))), exactState(groupArray(x)), count(x), max(x), exactMoments(exactState(groupArray(wide))), exactState(groupArray(wide)),
  exactMoments(exactState(groupArray(i))), sum(i), exactState(groupArray(single)), exactMoments(exactState(groupArray(d))), count(word), sum(small),
  exactMoments(exactState(groupArray(small)))
FROM events GROUP BY user;

-- Sums of floats: the same bits in another order, and near the server's.
SELECT user, wide_sum, single FROM folded
EXCEPT DISTINCT
SELECT * FROM executable('merge_partials --keys 1 --op wide_sum=sum --op single=sum', Native, 'user Nullable(String), wide_sum Nullable(Float64), single Float32',
  (SELECT user, wide AS wide_sum, single FROM events ORDER BY user, sipHash64(i, 2)));
SELECT user, wide_sum, s FROM folded JOIN (SELECT user, sum(wide) AS s, sum(toFloat64(single)) AS single_sum FROM events GROUP BY user) AS e ON folded.user IS NOT DISTINCT FROM e.user
WHERE abs(wide_sum / s - 1) > 1e-13 OR toFloat32(single_sum) != single;

-- By salt first, then the salts' results.
SELECT user, n, t, x, wide, i, x_state, i_sum FROM folded
EXCEPT DISTINCT
SELECT * FROM executable('merge_partials --keys 1 --op t=activity --op x=exact --op x_state=exact_state(x) --op wide=exact --op i=exact --op i_sum=sum', Native,
  'user Nullable(String), n UInt64, t String, x Tuple(n UInt64, mean Float64, m2 Float64), wide Tuple(n UInt64, mean Float64, m2 Float64), i Tuple(n UInt64, mean Float64, m2 Float64), x_state String, i_sum Int64',
  (
    SELECT * EXCEPT (salt) FROM executable('merge_partials --keys 2 --op n=count() --op t=activity --op x=exact_state --op wide=exact_state --op i=exact_state --op i_sum=sum(i)', Native,
      'user Nullable(String), salt UInt64, n UInt64, t String, x String, wide String, i String, i_sum Int64',
      (SELECT user, salt, t, x, wide, i FROM events ORDER BY user, salt))
    ORDER BY user
  ));

SELECT count(), sum(n), sum(t_count), sum(x.n), sum(wide.n) FROM folded;
