-- settings: max_threads=1,4 max_block_size=7,65409
-- The formula is the one that is documented, for every kind of argument.
SELECT 'differs from xxh3', count() FROM numbers(100000)
WHERE saltOf(number, 16) != xxh3(number) % 16
  OR saltOf(toString(number), 1000) != xxh3(toString(number)) % 1000
  OR saltOf((number, 'a'), toUInt64(7)) != xxh3((number, 'a')) % 7
  OR saltOf(number, number + 1) != xxh3(number) % (number + 1);

-- Known values: the same salts on every machine and in every release.
SELECT saltOf('abc', 16), saltOf(toUInt64(18446744073709551615), 1000003),
  saltOf(toUInt64(18446744073709551615), toUInt64(18446744073709551615)),
  saltOf(toInt256(-1), 97), saltOf('', 1), saltOf(NULL, 8);

-- Nobody is starved: each of 16 salts holds its share of 160 000 rows to 4 standard deviations.
SELECT salt, rows
FROM (SELECT saltOf(number, 16) AS salt, count() AS rows FROM numbers(160000) GROUP BY salt)
WHERE abs(rows - 10000) > 4 * sqrt(160000 / 16 * 15 / 16) OR salt >= 16;
