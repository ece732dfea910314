-- needs: cran
-- settings: max_threads=1,2,4 max_block_size=1000,65409
-- The sizes of all downloads: count, mean and m2 have the same bits under every number of salts, of
-- threads, and rows per block, and are those of the sums in Int256. Sizes are whole numbers.
CREATE TABLE sizes (size UInt64, row UInt64) ENGINE = MergeTree ORDER BY row;
INSERT INTO sizes
SELECT assumeNotNull(toUInt64OrNull(size)), rowNumberInAllBlocks()
FROM file('{data}/cran_logs_20140101_20140119.csv.zst', 'CSVWithNames', 'size String')
WHERE toUInt64OrNull(size) IS NOT NULL
SETTINGS input_format_skip_unknown_fields = 1, max_threads = 1, max_insert_threads = 1, max_block_size = 65409;

CREATE TABLE found (salts UInt64, partials UInt64, state String) ENGINE = Memory;
INSERT INTO found SELECT 0, 1, exactState(groupArray(size)) FROM sizes;
INSERT INTO found
SELECT salts, count(), exactMerge(groupArray(state))
FROM (SELECT salts, saltOf(row, salts) AS salt, exactState(groupArray(size)) AS state
  FROM sizes ARRAY JOIN [1, 2, 3, 8] AS salts GROUP BY salts, salt)
GROUP BY salts;
INSERT INTO found
SELECT salts, count(), exactMerge(groupArray(state))
FROM (SELECT salts, saltOf(row, salts) AS salt, exactState(groupArray(size)) AS state
  FROM sizes ARRAY JOIN [16, 64, 256, 1000] AS salts GROUP BY salts, salt)
GROUP BY salts;

CREATE VIEW bits AS
SELECT salts, partials, state, exactMoments(state) AS moments, moments.n AS n,
  hex(reinterpretAsUInt64(moments.mean)) AS mean, hex(reinterpretAsUInt64(moments.m2)) AS m2
FROM found;
SELECT salts, partials FROM found ORDER BY salts;
SELECT n, mean, m2, count() FROM bits GROUP BY n, mean, m2 ORDER BY ALL;
SELECT uniqExact(state) FROM found;

-- The same from integers: no double is nearer to sum / n, in steps of 2^-33 here, nor to
-- (n * squares - sum^2) / n, in steps of 1024.
WITH
  sums AS (SELECT toInt256(count()) AS n, sum(toInt256(size)) AS sum, sum(toInt256(size) * toInt256(size)) AS squares FROM sizes)
SELECT 'wrong', salts, moments
FROM (SELECT salts, moments FROM bits) AS b CROSS JOIN sums
WHERE NOT (moments.n = n AND moments.mean BETWEEN 524288 AND 1048575 AND moments.m2 BETWEEN pow(2, 62) AND pow(2, 63)
  AND 2 * abs(toInt256(moments.mean * pow(2, 33)) * n - sum * toInt256(8589934592)) <= n
  AND 2 * abs(toInt256(moments.m2) * n - (n * squares - sum * sum)) <= n * 1024)
ORDER BY salts;
