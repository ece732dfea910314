-- A SimpleAggregateFunction of a function that is none of merge_partials' own is not taken for a sum.
SELECT * FROM executable('merge_partials --keys 1', Native, 'k UInt8, b SimpleAggregateFunction(groupBitOr, UInt64)',
  (SELECT 1::UInt8 AS k, CAST(number, 'SimpleAggregateFunction(groupBitOr, UInt64)') AS b FROM numbers(4)));
