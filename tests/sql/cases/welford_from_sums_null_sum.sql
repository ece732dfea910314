SELECT welfordFromSums(1, NULL, 1);
