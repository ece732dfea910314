-- settings: max_threads=1,4 max_block_size=7,65409
-- The exact moments of periods have the bits of the functions over the periods' rows, and sums of floats do not
-- depend on the order of rows at one time.
CREATE TABLE events ENGINE = Memory AS
SELECT number % 17 AS user, toDateTime(sipHash64(number, 1) % 3000, 'UTC') AS t,
  if(number % 5 = 0, NULL, pow(2, toInt32(sipHash64(number, 2) % 300) - 150) / 3) AS v, toInt32(sipHash64(number, 3)) AS i, number AS n
FROM numbers(4000);

CREATE VIEW folded AS SELECT * FROM executable('period_stream --keys 1 --time t --gap 20 --emit periods --exact v --exact i --sum v --moments i', Native,
  'user UInt8, period_id UInt64, period_number UInt32, period_first DateTime(\'UTC\'), period_last DateTime(\'UTC\'), period_length UInt64, unique_period_length UInt64, v_exact Tuple(n UInt64, mean Float64, m2 Float64), i_exact Tuple(n UInt64, mean Float64, m2 Float64), v_sum Nullable(Float64), i_moments Tuple(n UInt64, mean Float64, m2 Float64)',
  (SELECT user::UInt8 AS user, t, v, i FROM events ORDER BY user, t, sipHash64(n, {seed:UInt8})));
CREATE TABLE rows ENGINE = Memory AS SELECT * FROM executable('period_stream --keys 1 --time t --gap 20', Native,
  'user UInt8, t DateTime(\'UTC\'), v Nullable(Float64), i Int32, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
  (SELECT user::UInt8 AS user, t, v, i FROM events ORDER BY user, t));

SELECT user, period_id, v_exact, i_exact FROM folded(seed = 1)
EXCEPT DISTINCT
SELECT user, period_id, exactMoments(exactState(groupArray(v))), exactMoments(exactState(groupArray(i))) FROM rows GROUP BY user, period_id;
SELECT user, period_id, v_sum FROM folded(seed = 1) EXCEPT DISTINCT SELECT user, period_id, v_sum FROM folded(seed = 2);
SELECT count() > 100, sum(period_length), sum(v_exact.n), sum(i_moments.n), countIf(v_sum IS NULL) > 0 FROM folded(seed = 3);
