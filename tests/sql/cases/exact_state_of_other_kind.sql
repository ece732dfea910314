SELECT exactMoments(activityState([1]));
