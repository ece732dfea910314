SELECT welfordVarPop((number + 1, 0., -1.)) FROM numbers(3);
