SELECT activityEvents(substring(activityState([1, 5]), 1, length(activityState([1, 5])) - 3));
