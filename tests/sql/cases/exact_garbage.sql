SELECT exactMerge(['[1,2,3]']);
