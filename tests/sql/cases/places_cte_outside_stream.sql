-- An expected failure: executable() does not see a CTE of the query around it (ClickHouse 26.7). Once this
-- case fails because the query succeeds, take the lines out of README.md and docs/streams.md.
WITH events AS (SELECT 1::UInt64 AS user, 2::UInt32 AS ts)
SELECT * FROM executable('period_stream --keys 1 --time ts --gap 5', Native,
    'user UInt64, ts UInt32, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
    (SELECT user, ts FROM events ORDER BY user, ts));
