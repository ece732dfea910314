SELECT finalizeAggregation(welfordToAggregate((3, 1., -2.)));
