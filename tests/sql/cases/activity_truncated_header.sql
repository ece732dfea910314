SELECT activityEvents(substring(activityState([1, 5]), 1, 11));
