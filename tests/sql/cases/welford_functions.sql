-- Each function over states whose statistics are known, as a constant, as a named and as an unnamed
-- tuple of columns. Rows that disagree are printed; values are compared as text, which for Float64
-- is the shortest form that reads back to the same bits.
CREATE TEMPORARY TABLE known (
  n UInt64, mean Float64, m2 Float64,
  e_mean Nullable(Float64), e_sum Nullable(Float64), e_var_pop Nullable(Float64),
  e_var_samp Nullable(Float64), e_stddev_pop Nullable(Float64), e_stddev_samp Nullable(Float64));

INSERT INTO known VALUES
  (0, 0, 0,                    NULL, NULL, NULL, NULL, NULL, NULL),
  (1, -7.5, 0,                 -7.5, -7.5, 0, NULL, 0, NULL),
  (2, 3, 8,                    3, 6, 4, 8, 2, 2.8284271247461903),
  (5, 2, 0,                    2, 10, 0, 0, 0, 0),
  (5, 6.2, 146.8,              6.2, 31, 29.360000000000003, 36.7, 5.418486873657627, 6.058052492344384),
  (1, nan, nan,                nan, nan, nan, NULL, nan, NULL),
  (3, nan, nan,                nan, nan, nan, nan, nan, nan),
  (2, 1e155, 0,                1e155, 2e155, 0, 0, 0, 0),
  (8589934592, 0.5, 2147483648, 0.5, 4294967296, 0.25, 0.25000000002910383, 0.5, 0.5000000000291038),
  (18446744073709551615, 1, 18446744073709551616, 1, 18446744073709551616, 1, 1, 1, 1);

SELECT form, n, mean, m2, function, found, expected
FROM
(
  SELECT 'unnamed' AS form, n, mean, m2, (n, mean, m2) AS state,
    [('welfordMean', toString(welfordMean(state)), toString(e_mean)),
     ('welfordSum', toString(welfordSum(state)), toString(e_sum)),
     ('welfordVarPop', toString(welfordVarPop(state)), toString(e_var_pop)),
     ('welfordVarSamp', toString(welfordVarSamp(state)), toString(e_var_samp)),
     ('welfordStddevPop', toString(welfordStddevPop(state)), toString(e_stddev_pop)),
     ('welfordStddevSamp', toString(welfordStddevSamp(state)), toString(e_stddev_samp))] AS results
  FROM known
  UNION ALL
  SELECT 'named' AS form, n, mean, m2,
    CAST((n, mean, m2), 'Tuple(n UInt64, mean Float64, m2 Float64)') AS state,
    [('welfordMean', toString(welfordMean(state)), toString(e_mean)),
     ('welfordSum', toString(welfordSum(state)), toString(e_sum)),
     ('welfordVarPop', toString(welfordVarPop(state)), toString(e_var_pop)),
     ('welfordVarSamp', toString(welfordVarSamp(state)), toString(e_var_samp)),
     ('welfordStddevPop', toString(welfordStddevPop(state)), toString(e_stddev_pop)),
     ('welfordStddevSamp', toString(welfordStddevSamp(state)), toString(e_stddev_samp))] AS results
  FROM known
)
ARRAY JOIN results.1 AS function, results.2 AS found, results.3 AS expected
WHERE ifNull(found, 'NULL') != ifNull(expected, 'NULL')
ORDER BY ALL;

-- Literals, whose elements have the smallest type that holds them.
SELECT 'literal', welfordMean((2, 3, 8)), welfordSum((2, 3, 8)), welfordVarPop((2, 3, 8)),
  welfordVarSamp((2, 3, 8)), welfordStddevPop((2, 3, 8)), welfordStddevSamp((0, 0, 0));

-- Types do not depend on those of the elements.
SELECT DISTINCT arrayJoin([
  toTypeName(welfordMean((2, 3, 8))), toTypeName(welfordSum((2, 3, 8))),
  toTypeName(welfordVarPop((2, 3, 8))), toTypeName(welfordVarSamp((2, 3, 8))),
  toTypeName(welfordStddevPop((0, 0, 0))), toTypeName(welfordStddevSamp((0, 0, 0))),
  toTypeName(welfordVarSamp((toUInt64(2), 3.5, 8.5)))]);

-- Undefined results are NULL for aggregates too: three of five states have a sample variance.
SELECT count(welfordVarSamp(state)), avg(welfordMean(state)), sum(welfordSum(state))
FROM (SELECT (number, 2., 0.) AS state FROM numbers(5));

-- The guard of m2 holds no row up when both branches of an if are computed.
SELECT count() FROM known
WHERE welfordVarPop((n, mean, m2)) >= 0 AND NOT isNaN(m2)
SETTINGS short_circuit_function_evaluation = 'disable';
