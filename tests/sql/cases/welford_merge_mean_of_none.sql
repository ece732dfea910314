SELECT welfordMerge([(0, 5., 0.)]);
