SELECT activityState([1.5, nan]);
