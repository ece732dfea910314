SELECT periodNumbers([number, 5], if(number = 2, -1, 1)::Int64, 0) FROM numbers(3);
