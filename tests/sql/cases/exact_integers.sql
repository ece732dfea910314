-- settings: max_threads=1,4 max_block_size=100,65409
-- Against integer arithmetic: groups of integers up to 2^53, ill-conditioned ones among them. A double
-- is w * 2^s with a 53-bit integer w; the found mean and m2 are rounded right where w is within a half
-- of the exact quotient, which Int256 decides.
CREATE TABLE data (key UInt32, x Int64) ENGINE = MergeTree ORDER BY key;
INSERT INTO data
SELECT number % 2000 AS key,
  if(key % 2 = 0, 1, -1) * toInt64(sipHash64(number) % bitShiftLeft(toUInt64(1), 1 + key % 40)
    + if(key % 3 = 0, bitShiftLeft(toUInt64(1), key % 53), 0))
FROM numbers(60000);
INSERT INTO data SELECT number % 5 + 2000, number * number - 100 FROM numbers(23);

CREATE VIEW compared AS
WITH
  sums AS (
    SELECT key, toInt256(count()) AS n, sum(toInt256(x)) AS sum, sum(toInt256(x) * toInt256(x)) AS squares,
      exactMoments(exactState(groupArray(x))) AS m
    FROM data GROUP BY key),
  quotients AS (SELECT key, n, m, quotient.1 AS name, quotient.2 AS found, quotient.3 AS dividend
    FROM sums ARRAY JOIN [('mean', m.mean, sum), ('m2', m.m2, n * squares - sum * sum)] AS quotient)
SELECT key, name, found, n, dividend, m.n AS found_n, m.mean AS found_mean,
  toInt32(bitAnd(bitShiftRight(reinterpretAsUInt64(found), 52), 2047)) - 1075 AS s,
  toInt256(bitAnd(reinterpretAsUInt64(found), 4503599627370495) + 4503599627370496) * if(found < 0, -1, 1) AS w,
  bitShiftLeft(toInt256(1), greatest(s, 0)) AS scale_w, bitShiftLeft(toInt256(1), greatest(-s, 0)) AS scale
FROM quotients;
SELECT key, name, found, n, dividend
FROM compared
WHERE NOT ifNull(found_n = n AND if(found = 0 OR dividend = 0, found = 0 AND dividend = 0,
  2 * abs(w * n * scale_w - dividend * scale) <= n * scale_w), 0)
ORDER BY key, name LIMIT 10;

-- The same of Decimals, which reach the function as the nearest doubles: 0.01 steps are quarters here.
SELECT exactMoments(exactState(groupArray(toDecimal64(number * 0.25, 2)))) FROM numbers(101);
-- Some means are not whole numbers, and some deviations are tiny beside their mean.
SELECT countIf(name = 'mean' AND dividend % n != 0) > 1800,
  maxIf(log2(toFloat64(n) * found_mean * found_mean / found), name = 'm2' AND found > 0) > 100
FROM compared;
