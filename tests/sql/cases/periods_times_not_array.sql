SELECT periodNumbers(1, 1, 0);
