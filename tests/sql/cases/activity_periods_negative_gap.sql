SELECT activityPeriods(1, activityState([1]), -1, 0);
