SELECT saltCount(10, 1, inf);
