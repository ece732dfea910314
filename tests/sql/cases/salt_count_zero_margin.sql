SELECT saltCount(number, 1, 0) FROM numbers(3);
