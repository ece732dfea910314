-- since: 26.7 the counts of system.events
-- settings: enable_analyzer=0,1
-- The query cache takes the functions for deterministic, as they are, and accepts their results: it refuses
-- a query with rand(). The embedded engine's cache has no room, so that it writes a result and keeps none.
CREATE TABLE events (user UInt64, ts Int64) ENGINE = MergeTree ORDER BY user;
INSERT INTO events SELECT number % 3, number FROM numbers(30);
SELECT user, length(periods(user, groupArray(ts), 2, 0)) FROM events GROUP BY user ORDER BY user SETTINGS use_query_cache = 1;
SELECT 'rows written', value FROM system.events WHERE event = 'QueryCacheWrittenRows';
INSERT INTO events VALUES (0, 1000);
SELECT user, length(periods(user, groupArray(ts), 2, 0)) FROM events GROUP BY user ORDER BY user SETTINGS use_query_cache = 1;
