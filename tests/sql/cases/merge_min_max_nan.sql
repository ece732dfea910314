-- since: 26.5 min and max pass over every NaN
-- settings: max_block_size=1,65409
-- min and max pass over NaN as ClickHouse's do, and answer it only where there is nothing else.
CREATE VIEW partials AS
SELECT n AS k, x, if(isNaN(x), NULL, x) AS y, toFloat32(x) AS z
FROM (SELECT number AS n, arrayJoin([[1., nan, 2.], [nan, 1., nan, 3., nan], [nan, nan], [-inf, nan, inf]][number + 1]) AS x FROM numbers(4));

SELECT k, a, b, c, d, e, f
FROM executable('merge_partials --keys 1 --op a=min --op b=max --op c=min --op d=max --op e=min --op f=max', Native,
  'k UInt64, a Float64, b Float64, c Nullable(Float64), d Nullable(Float64), e Float32, f Float32',
  (SELECT k, x AS a, x AS b, y AS c, y AS d, z AS e, z AS f FROM partials ORDER BY k))
EXCEPT DISTINCT
SELECT k, min(x), max(x), min(y), max(y), min(z), max(z) FROM partials GROUP BY k;

SELECT k, a, b FROM executable('merge_partials --keys 1 --op a=min --op b=max', Native, 'k UInt64, a Float64, b Float64',
  (SELECT k, x AS a, x AS b FROM partials ORDER BY k)) ORDER BY k;
