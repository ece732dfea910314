-- settings: max_block_size=1,7,65409
-- Each SimpleAggregateFunction merges by its own function, without an --op: two-level equals one-level.
CREATE VIEW partials AS
SELECT
  number % 7 AS k,
  CAST(number, 'SimpleAggregateFunction(sum, UInt64)') AS s,
  CAST(if(number % 3 = 0, NULL, toInt64(number) - 150), 'SimpleAggregateFunction(sum, Nullable(Int64))') AS sn,
  CAST(sipHash64(number), 'SimpleAggregateFunction(min, UInt64)') AS mi,
  CAST(toString(sipHash64(number)), 'SimpleAggregateFunction(max, String)') AS ma,
  CAST(toString(number), 'SimpleAggregateFunction(any, LowCardinality(String))') AS a,
  CAST(if(number % 5 = 0, NULL, toString(number)), 'SimpleAggregateFunction(anyLast, Nullable(String))') AS l,
  CAST(toDecimal64(number, 3), 'SimpleAggregateFunction(sum, Decimal(38, 3))') AS d
FROM numbers(300);

SELECT *
FROM
(
  SELECT * FROM executable('merge_partials --keys 1', Native,
    'k UInt64, s SimpleAggregateFunction(sum, UInt64), sn SimpleAggregateFunction(sum, Nullable(Int64)), mi SimpleAggregateFunction(min, UInt64), ma SimpleAggregateFunction(max, String), a SimpleAggregateFunction(any, LowCardinality(String)), l SimpleAggregateFunction(anyLast, Nullable(String)), d SimpleAggregateFunction(sum, Decimal(38, 3))',
    (SELECT k, s, sn, mi, ma, a, l, d FROM partials ORDER BY k, s))
) AS f
FULL JOIN
(
  SELECT k, sum(number) AS s, sum(n) AS sn, min(m) AS mi, max(x) AS ma, argMin(t, number) AS a, argMax(l, number) AS l, sum(d) AS d
  FROM (SELECT k, toUInt64(s) AS number, sn::Nullable(Int64) AS n, toUInt64(mi) AS m, ma::String AS x, a::String AS t, l::Nullable(String) AS l, d::Decimal(38, 3) AS d FROM partials)
  GROUP BY k
) AS e USING (k)
WHERE (f.s, f.mi, f.ma, toString(f.a), f.d) != (e.s, e.mi, e.ma, e.a, e.d) OR f.sn != e.sn OR f.l != e.l
ORDER BY k LIMIT 3;
