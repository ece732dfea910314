SELECT exactMoments(substring(exactState([1.]), 1, length(exactState([1.])) - 1));
