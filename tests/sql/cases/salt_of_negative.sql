SELECT saltOf(number, 2 - toInt64(number)) FROM numbers(4);
