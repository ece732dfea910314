SELECT periodNumbers([1], NULL, 0);
