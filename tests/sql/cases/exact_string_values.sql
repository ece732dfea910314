SELECT exactState(['a']);
