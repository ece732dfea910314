-- Statistics read from a Welford state, the tuple (n, mean, m2) that welfordState and welfordMerge
-- return: n values, their mean, and the sum of the squared distances from it. The elements are taken
-- by place, so an unnamed tuple works too. Every result is Nullable(Float64): NULL where the
-- statistic is undefined, NaN where the values held a NaN or an infinity. A negative m2 can only come
-- from a broken state and is an error.

-- welfordMean(state): the mean of the values; NULL for the empty state.
CREATE OR REPLACE FUNCTION welfordMean AS (state) ->
  if(tupleElement(state, 1) = 0, NULL, toFloat64(tupleElement(state, 2)));

-- welfordSum(state): the sum of the values, as n * mean; NULL for the empty state. Right to rounding
-- only: where a sum must be exact, store it beside the state.
CREATE OR REPLACE FUNCTION welfordSum AS (state) ->
  if(tupleElement(state, 1) = 0, NULL,
    toFloat64(tupleElement(state, 1)) * toFloat64(tupleElement(state, 2)));

-- welfordVarPop(state): the population variance, m2 / n; NULL for the empty state.
CREATE OR REPLACE FUNCTION welfordVarPop AS (state) ->
  if(tupleElement(state, 1) = 0, NULL,
    if(tupleElement(state, 3) < 0,
      throwIf(tupleElement(state, 3) < 0, 'welfordVarPop: expected m2 >= 0, found a negative m2'),
      toFloat64(tupleElement(state, 3))) / toFloat64(tupleElement(state, 1)));

-- welfordVarSamp(state): the sample variance, m2 / (n - 1); NULL for fewer than two values.
CREATE OR REPLACE FUNCTION welfordVarSamp AS (state) ->
  if(tupleElement(state, 1) < 2, NULL,
    if(tupleElement(state, 3) < 0,
      throwIf(tupleElement(state, 3) < 0, 'welfordVarSamp: expected m2 >= 0, found a negative m2'),
      toFloat64(tupleElement(state, 3))) / (toFloat64(tupleElement(state, 1)) - 1));

-- welfordStddevPop(state): the population standard deviation; NULL for the empty state.
CREATE OR REPLACE FUNCTION welfordStddevPop AS (state) -> sqrt(welfordVarPop(state));

-- welfordStddevSamp(state): the sample standard deviation; NULL for fewer than two values.
CREATE OR REPLACE FUNCTION welfordStddevSamp AS (state) -> sqrt(welfordVarSamp(state));

-- welfordFromSums(count, sum, sum_sq): a Welford state from a count, a sum and a sum of squares, for
-- marts that still store those. Lossy: m2 = sum_sq - sum * sum / count keeps about
-- 16 - 2 * log10(|mean| / stddev) digits, none once the mean is 1e8 standard deviations, and is
-- raised to 0 where rounding made it negative. A count of 0 gives the empty state; a sum that is not
-- finite makes mean and m2 NaN. A NULL sum with a positive count, or a negative count, is an error.
CREATE OR REPLACE FUNCTION welfordFromSums AS (count, sum, sum_sq) ->
  CAST(
    (
      accurateCast(count, 'UInt64'),
      multiIf(
        count = 0, 0,
        isInfinite(toFloat64(sum)), nan,
        toFloat64(sum) / toFloat64(count)),
      multiIf(
        count = 0, 0,
        isInfinite(toFloat64(sum)), nan,
        toFloat64(sum_sq) - toFloat64(sum) * (toFloat64(sum) / toFloat64(count)) < 0, 0,
        toFloat64(sum_sq) - toFloat64(sum) * (toFloat64(sum) / toFloat64(count)))
    ),
    'Tuple(n UInt64, mean Float64, m2 Float64)');
