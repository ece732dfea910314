-- Numbers written as text are no states.
SELECT * FROM executable('merge_partials --keys 1 --op v=exact', Native, 'k UInt8, v Tuple(n UInt64, mean Float64, m2 Float64)',
  (SELECT number::UInt8 AS k, '1.5' AS v FROM numbers(2)), SETTINGS stderr_reaction = 'throw');
