SELECT activityMerge([activityState([1]), exactState([1.])]);
