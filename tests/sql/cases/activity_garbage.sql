SELECT activityEvents('not a state at all');
