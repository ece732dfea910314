-- settings: max_threads=1,4 max_block_size=7,65409
-- A state from stored sums: exact where the sums are, never a negative m2, NaN kept, empty for 0.
SELECT replaceRegexpAll(toTypeName(welfordFromSums(3, 6, 14)), '\\s+', '');

SELECT name, found, expected
FROM (
  SELECT arrayJoin([
    ('empty', toString(welfordFromSums(0, 0, 0)), '(0,0,0)'),
    ('empty with NULL sums', toString(welfordFromSums(0, NULL, NULL)), '(0,0,0)'),
    ('integers', toString(welfordFromSums(3, 6, 14)), '(3,2,2)'),
    ('nullable', toString(welfordFromSums(toNullable(3), toNullable(6.), toNullable(14.))), '(3,2,2)'),
    ('decimal', toString(welfordFromSums(2, toDecimal64(3, 2), toDecimal64(5, 2))), '(2,1.5,0.5)'),
    ('rounded below zero', toString(welfordFromSums(3, 3e8, 3e16 - 8)), '(3,100000000,0)'),
    ('large integers', toString(welfordFromSums(2, 9223372036854775807, 0)), '(2,4611686018427388000,0)'),
    ('NaN', toString(welfordFromSums(2, nan, nan)), '(2,nan,nan)'),
    ('infinity', toString(welfordFromSums(2, inf, inf)), '(2,nan,nan)'),
    ('minus infinity', toString(welfordFromSums(2, -inf, inf)), '(2,nan,nan)')
  ]) AS t, t.1 AS name, t.2 AS found, t.3 AS expected
)
WHERE found != expected;

-- As an aggregate's result: small integers, whose sums of squares are exact, against varPop.
SELECT g, welfordVarPop(state), expected
FROM (
  SELECT number % 5 AS g, welfordFromSums(count(), sum(number), sum(number * number)) AS state,
    varPopStable(number) AS expected
  FROM numbers(1000) GROUP BY g
)
WHERE abs(welfordVarPop(state) - expected) > 1e-9 * expected;
