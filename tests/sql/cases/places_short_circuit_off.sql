-- settings: enable_analyzer=0,1
-- The same condition without short circuit: the function sees the row that it must refuse.
SET short_circuit_function_evaluation = 'disable';
SELECT if(number = 3, [], periodNumbers([1, 2], if(number = 3, -1, 2)::Int64, 0)) FROM numbers(5);
