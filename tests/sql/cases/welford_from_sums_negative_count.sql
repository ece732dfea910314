SELECT welfordFromSums(-1, 1, 1);
