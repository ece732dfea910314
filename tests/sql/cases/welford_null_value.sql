SELECT welfordState([1., NULL]);
