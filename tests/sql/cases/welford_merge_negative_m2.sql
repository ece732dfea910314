SELECT welfordMerge([(1, 2., 0.), (2, 1., -(number = 1)::Float64)]) FROM numbers(3);
