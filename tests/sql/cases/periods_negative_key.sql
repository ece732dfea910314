SELECT periodIds(-1, [1], 1, 0);
