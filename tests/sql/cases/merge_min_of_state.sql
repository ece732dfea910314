-- A state has no order, wherever it stands.
SELECT * FROM executable('merge_partials --keys 1 --op b=min', Native, 'k UInt8, b Tuple(AggregateFunction(varSampStable, Float64), String)',
  (SELECT 1::UInt8 AS k, (arrayReduce('varSampStableState', [toFloat64(number)]), 'x') AS b FROM numbers(4)));
