SELECT periodNumbers([1, NULL], 1, 0);
