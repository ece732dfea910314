-- settings: max_block_size=1,65409
-- Columns of Nothing, which no table can have.
SELECT * FROM executable('period_stream --keys 2 --time ts --gap 1', Native,
  'k Nullable(Nothing), e Array(Nothing), ts UInt64, a Nullable(Nothing), b Array(Nothing), c Map(Nothing, Nothing), d Array(Nullable(Nothing)), f Tuple(Nullable(Nothing), Array(Array(Nothing))), period_id UInt64, period_number UInt32, is_first_in_period UInt8',
  (SELECT NULL AS k, [] AS e, number AS ts, NULL AS a, [] AS b, map() AS c, [NULL, NULL] AS d, (NULL, [[], []]) AS f FROM numbers(2)));
