SELECT welfordStddevSamp((2, 0, -1));
