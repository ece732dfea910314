SELECT welfordMerge([1, 2]);
