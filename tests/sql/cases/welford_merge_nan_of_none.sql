SELECT welfordMerge([(0, 0., nan)]);
