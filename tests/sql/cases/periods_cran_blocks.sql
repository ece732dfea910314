-- needs: cran
-- The answers over the download log under every block size and number of threads. A table with one row
-- per granule gives blocks of exactly max_block_size rows. A call of a function costs a fraction of a
-- millisecond, so blocks of 1 and 7 rows run over a 64th of the keys.
CREATE TABLE events (key UInt64, t DateTime('UTC')) ENGINE = Memory;

INSERT INTO events
SELECT toUInt16(date) * 4294967296 + ip_id, parseDateTime(concat(date, ' ', time), '%Y-%m-%d %H:%i:%s', 'UTC')
FROM file('{data}/cran_logs_20140101_20140119.csv.zst', 'CSVWithNames', 'date Date, time String, ip_id UInt32')
SETTINGS input_format_skip_unknown_fields = 1;

CREATE TABLE histories (key UInt64, times Array(DateTime('UTC'))) ENGINE = MergeTree ORDER BY key
SETTINGS index_granularity = 1, index_granularity_bytes = 0;
CREATE TABLE sample AS histories;
INSERT INTO histories SELECT key, groupArray(t) FROM events GROUP BY key;
INSERT INTO sample SELECT key, times FROM histories WHERE xxh3(key) % 64 = 0;

CREATE VIEW of_histories AS
SELECT count(), sum(length(list)), sum(cityHash64(key, list)), sum(cityHash64(key, times, rows))
FROM (SELECT key, times, periods(key, times, 1800, 0) AS list, periodRows(key, times, 1800, 0) AS rows FROM histories);
CREATE VIEW of_sample AS
SELECT count(), sum(length(list)), sum(cityHash64(key, list)), sum(cityHash64(key, times, rows))
FROM (SELECT key, times, periods(key, times, 1800, 0) AS list, periodRows(key, times, 1800, 0) AS rows FROM sample);

CREATE TABLE found (of String, block_size UInt32, threads UInt8, keys UInt64, periods UInt64, list UInt64, rows UInt64) ENGINE = Memory;
INSERT INTO found SELECT 'histories', 1000, 1, * FROM of_histories SETTINGS max_block_size = 1000, max_threads = 1;
INSERT INTO found SELECT 'histories', 1000, 4, * FROM of_histories SETTINGS max_block_size = 1000, max_threads = 4;
INSERT INTO found SELECT 'histories', 65409, 1, * FROM of_histories SETTINGS max_block_size = 65409, max_threads = 1;
INSERT INTO found SELECT 'histories', 65409, 4, * FROM of_histories SETTINGS max_block_size = 65409, max_threads = 4;
INSERT INTO found SELECT 'histories', 1000000, 1, * FROM of_histories SETTINGS max_block_size = 1000000, max_threads = 1;
INSERT INTO found SELECT 'histories', 1000000, 4, * FROM of_histories SETTINGS max_block_size = 1000000, max_threads = 4;
CREATE TABLE calls ENGINE = Memory AS
SELECT value FROM system.events WHERE event = 'ExecutableUserDefinedFunctionInvocations';
INSERT INTO found SELECT 'sample', 1, 1, * FROM of_sample SETTINGS max_block_size = 1, max_threads = 1;
INSERT INTO found SELECT 'sample', 1, 4, * FROM of_sample SETTINGS max_block_size = 1, max_threads = 4;
INSERT INTO calls SELECT value FROM system.events WHERE event = 'ExecutableUserDefinedFunctionInvocations';
INSERT INTO found SELECT 'sample', 7, 1, * FROM of_sample SETTINGS max_block_size = 7, max_threads = 1;
INSERT INTO found SELECT 'sample', 7, 4, * FROM of_sample SETTINGS max_block_size = 7, max_threads = 4;
INSERT INTO found SELECT 'sample', 1000000, 4, * FROM of_sample SETTINGS max_block_size = 1000000, max_threads = 4;

-- Nothing where all agree.
SELECT * FROM found
WHERE (keys, periods, list, rows) NOT IN (
  SELECT argMin((f.keys, f.periods, f.list, f.rows), (block_size, threads)) FROM found AS f GROUP BY of)
ORDER BY of, block_size, threads;

SELECT of, any(keys), any(periods), count() FROM found GROUP BY of ORDER BY of;

-- The blocks were as small as they should be: two functions, twice, a call per key.
SELECT max(value) - min(value) >= 4 * (SELECT count() FROM sample) OR version() < '26.6' FROM calls;
