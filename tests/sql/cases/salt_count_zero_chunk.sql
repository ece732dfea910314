SELECT saltCount(10, 0, 1.5);
