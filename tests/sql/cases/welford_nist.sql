-- since: 25.8 _row_number of file()
-- needs: nist
-- settings: max_threads=1,4 max_block_size=7,65409
-- The NIST StRD sets: digits of the mean and the standard deviation (log relative error, at most 15)
-- against the exact values for the doubles that the decimals become. ceiling: the digits that the best
-- double-precision methods reach there; half a digit less is the bound. Whole sets and 7 salts.
CREATE TEMPORARY TABLE certified (set String, n UInt64, mean Float64, sd Float64, ceiling Float64);
INSERT INTO certified VALUES
  ('PiDigits', 5000, 4.53480000000000, 2.86733906028871, 15),
  ('Lottery',   218, 518.958715596330, 291.699727470969, 15),
  ('Lew',       200, -177.435000000000, 277.332168044316, 15),
  ('Mavro',      50, 2.00185600000000, 0.0004291234540030854092, 13.1),
  ('Michelso',  100, 299.852400000000, 0.0790105478190506671514, 13.8),
  ('NumAcc1',     3, 10000002, 1, 15),
  ('NumAcc2',  1001, 1.2, 0.0999999999999999777955, 15),
  ('NumAcc3',  1001, 1000000.2, 0.1000000000349245965480, 9.5),
  ('NumAcc4',  1001, 10000000.2, 0.1000000005587935447736, 8.3);

CREATE TABLE nist ENGINE = Memory AS
SELECT replaceOne(_file, '.dat', '') AS set, toFloat64(trimBoth(line)) AS value, _row_number AS row
FROM file('{data}/nist/*.dat', 'LineAsString')
WHERE match(line, '^\\s*-?[0-9.]+\\s*$');

SELECT form, set, function, found, expected, least(15, -log10(abs(found - expected) / abs(expected))) AS digits, least
FROM
(
  SELECT 'whole' AS form, set, welfordState(groupArray(value)) AS state FROM nist GROUP BY set
  UNION ALL
  SELECT '7 salts' AS form, set, welfordMerge(groupArray(partial)) AS state
  FROM (SELECT set, welfordState(groupArray(value)) AS partial FROM nist GROUP BY set, saltOf(row, 7))
  GROUP BY set
) AS states
FULL JOIN certified AS c USING (set)
ARRAY JOIN
  ['n', 'mean', 'sd'] AS function,
  [toFloat64(state.n), assumeNotNull(welfordMean(state)), assumeNotNull(welfordStddevSamp(state))] AS found,
  [toFloat64(c.n), mean, sd] AS expected,
  [15, 14.5, ceiling - 0.5] AS least
WHERE NOT ifNull(digits >= least, 0)
ORDER BY form, set, function;

SELECT count(), uniqExact(set) FROM nist;
