SELECT periods(1, [5], 1, -7);
