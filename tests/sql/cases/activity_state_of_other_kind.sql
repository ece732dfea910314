SELECT activityEvents(if(number = 2, exactState([1.]), activityState([1]))) FROM numbers(5);
