SELECT periodNumbers(['a', 'b'], 1, 0);
