-- since: 25.8 _row_number of file()
-- needs: nist
-- settings: max_threads=1,4 max_block_size=7,65409
-- The NIST StRD sets, to the last digit. The certified mean and deviation are of the decimals; these
-- are the exact ones of the doubles that the decimals become. Mean and m2 are the nearest double;
-- the deviation, after a division and a root in SQL, at most the one beside it. The states of 7 salts have
-- the bytes of the whole. (NumAcc2's mean, 1.200000000000000066502, is written short: servers before 26.7
-- read it as the double after the nearest.)
CREATE TEMPORARY TABLE certified (set String, n UInt64, mean Float64, sd Float64, m2 Float64);
INSERT INTO certified VALUES
  ('Lew', 200, -177.435, 277.3321680443161357649, 15305713.155),
  ('Lottery', 218, 518.9587155963302752294, 291.6997274709690842392, 18464254.62844036697248),
  ('Mavro', 50, 2.001855999999999973227, 0.0004291234540030854092852, 0.000009023200000001369789970),
  ('Michelso', 100, 299.8524000000000000909, 0.07901054781905066715149, 0.6180239999999827214197),
  ('NumAcc1', 3, 10000002, 1, 2),
  ('NumAcc2', 1001, 1.2, 0.09999999999999997779554, 9.999999999999995559108),
  ('NumAcc3', 1001, 1000000.200000000011583, 0.1000000000349245965481, 10.00000000698491931084),
  ('NumAcc4', 1001, 10000000.20000000018533, 0.1000000005587935447736, 10.00000011175870926697),
  ('PiDigits', 5000, 4.5348, 2.867339060288708072461, 41099.9448);

CREATE TABLE nist ENGINE = Memory AS
SELECT replaceOne(_file, '.dat', '') AS set, toFloat64(trimBoth(line)) AS value, _row_number AS row
FROM file('{data}/nist/*.dat', 'LineAsString')
WHERE match(line, '^\\s*-?[0-9.]+\\s*$');

CREATE TABLE states ENGINE = Memory AS
SELECT 'whole' AS form, set, exactState(groupArray(value)) AS state FROM nist GROUP BY set
UNION ALL
SELECT '7 salts' AS form, set, exactMerge(groupArray(partial)) AS state
FROM (SELECT set, exactState(groupArray(value)) AS partial FROM nist GROUP BY set, saltOf(row, 7))
GROUP BY set;

WITH toInt64(reinterpretAsUInt64(found)) - toInt64(reinterpretAsUInt64(expected)) AS units
SELECT form, set, function, found, expected, units
FROM (SELECT form, set, exactMoments(state) AS moments FROM states) AS states
FULL JOIN certified AS c USING (set)
ARRAY JOIN
  ['n', 'mean', 'sd', 'm2'] AS function,
  [toFloat64(moments.n), assumeNotNull(welfordMean(moments)), assumeNotNull(welfordStddevSamp(moments)), moments.m2] AS found,
  [toFloat64(c.n), mean, sd, c.m2] AS expected,
  [0, 0, 1, 0] AS allowed
WHERE NOT ifNull(abs(units) <= allowed, 0)
ORDER BY form, set, function;

SELECT count(), uniqExact(set) FROM nist;
SELECT count(), uniqExact(state) FROM states;
