-- settings: max_threads=1,2,4 max_block_size=1,7,1000,65409
-- What the functions of histories answer does not depend on threads or block sizes. A table with one
-- row per granule gives blocks of exactly max_block_size rows.
CREATE TABLE parts (key UInt32, salt UInt8, state String) ENGINE = MergeTree ORDER BY (key, salt)
SETTINGS index_granularity = 1, index_granularity_bytes = 0;
INSERT INTO parts
SELECT number % 60 AS key, intDiv(number, 60) % 5 AS salt,
  activityState(groupArray(toInt64(sipHash64(number) % 100000)))
FROM numbers(30000) GROUP BY key, salt;
CREATE TABLE histories (key UInt32, states Array(String)) ENGINE = MergeTree ORDER BY key
SETTINGS index_granularity = 1, index_granularity_bytes = 0;
INSERT INTO histories SELECT key, groupArray(state) FROM (SELECT * FROM parts ORDER BY key, salt DESC) GROUP BY key;

SELECT count(), sum(cityHash64(key, state)) FROM parts;
SELECT count(), sum(cityHash64(key, activityMerge(states))) FROM histories;
SELECT sum(cityHash64(key, activityPeriods(key, activityMerge(states), 300, 2000))),
  sum(cityHash64(key, activityEvents(activityMerge(states))))
FROM histories;
SELECT sum(cityHash64(key, activityMerge([state, state]))) FROM parts;
