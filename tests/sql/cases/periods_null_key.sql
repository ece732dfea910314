SELECT periodIds(if(number = 1, NULL, number), [1], 1, 0) FROM numbers(3);
