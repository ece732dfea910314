SELECT activityPeriods(1, exactState([1.]), 1, 0);
