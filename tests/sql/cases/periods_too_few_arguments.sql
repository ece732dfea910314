SELECT periodNumbers([1], 1);
