-- settings: max_threads=1,2,4 max_block_size=100,1000,65409
-- Ill-conditioned random data: one bit pattern under every number of salts, whatever the threads, the
-- blocks and the order of the partials, and it is the one of exact rational arithmetic over the same
-- doubles, written down in the expected output.
CREATE TABLE data (kind UInt8, value Float64, row UInt64) ENGINE = MergeTree ORDER BY row;
INSERT INTO data
WITH toInt64(sipHash64(number, 7)) / 9.223372036854775807e18 AS unit
SELECT number % 6 AS kind,
  [1e9 + unit,                                                  -- a mean of 2e9 deviations
   1e15 + intDiv(sipHash64(number), 4611686018427387904),
   unit * exp2(toInt32(sipHash64(number, 1) % 900) - 450),      -- many orders of magnitude
   if(number % 12 = 3, -1, 1) * 1e140 * (1 + intDiv(number, 12)) + if(number % 3600 = 3, 1e130, 0), -- sums that cancel
   unit * 1e-160,                                               -- a subnormal m2
   unit * reinterpretAsFloat64(toUInt64(1)) * 1e9][kind + 1],
  number
FROM numbers(60000);

CREATE VIEW found AS
SELECT kind, salts, count() AS partials, exactMerge(groupArray(state)) AS state
FROM (SELECT kind, salts, saltOf(row, salts) AS salt, exactState(groupArray(value)) AS state
  FROM data ARRAY JOIN [1, 2, 3, 8, 16, 64, 256, 1000] AS salts GROUP BY kind, salts, salt)
GROUP BY kind, salts;

SELECT kind, min(partials), max(partials), uniqExact(state), exactMoments(any(state)) AS m,
  hex(reinterpretAsUInt64(m.mean)), hex(reinterpretAsUInt64(m.m2))
FROM found GROUP BY kind ORDER BY kind;
SELECT 'differs', kind, salts FROM found WHERE (kind, state) NOT IN (SELECT kind, exactState(groupArray(value)) FROM data GROUP BY kind) ORDER BY ALL;
