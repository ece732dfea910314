SELECT exactMerge(['', exactState([1.]), activityState([1])]);
