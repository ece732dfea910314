SELECT activityMerge([activityState([1]), NULL]);
