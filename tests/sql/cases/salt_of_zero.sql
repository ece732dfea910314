SELECT saltOf('abc', 0);
