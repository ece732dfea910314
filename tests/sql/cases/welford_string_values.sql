SELECT welfordState(['a']);
