-- settings: enable_analyzer=0,1 max_threads=1,4
-- Functions and streams in views: plain, parameterized, incremental materialized ones (also one after
-- another, and into an AggregatingMergeTree), and streams with a parameter in their input.
CREATE TABLE events (user UInt64, ts Int64) ENGINE = MergeTree ORDER BY (user, ts);
CREATE TABLE histories (user UInt64, day Int64, history String) ENGINE = MergeTree ORDER BY (user, day);
CREATE MATERIALIZED VIEW to_histories TO histories AS
SELECT user, intDiv(ts, 1000) AS day, activityState(groupArray(ts)) AS history FROM events GROUP BY user, day;
CREATE TABLE moments (user UInt64, day Int64, moments AggregateFunction(varSampStable, Float64), n SimpleAggregateFunction(sum, UInt64))
ENGINE = AggregatingMergeTree ORDER BY (user, day);
CREATE MATERIALIZED VIEW to_moments TO moments AS
SELECT user, intDiv(ts, 1000) AS day, welfordToAggregate(welfordState(groupArray(toFloat64(ts)))) AS moments, count() AS n
FROM events GROUP BY user, day;
CREATE TABLE lengths (user UInt64, day Int64, length UInt64) ENGINE = Memory;
CREATE MATERIALIZED VIEW to_lengths TO lengths AS
SELECT user, day, arraySum(e -> e.2, activityEvents(history)) AS length FROM histories;

INSERT INTO events SELECT number % 5, sipHash64(number) % 5000 FROM numbers(2000);
INSERT INTO events SELECT number % 5, 5000 + sipHash64(number) % 1000 FROM numbers(100);

CREATE VIEW known AS
SELECT user, countIf(new) AS n FROM
  (SELECT user, ts - lagInFrame(ts, 1, -100) OVER (PARTITION BY user ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) > 10 AS new FROM events)
GROUP BY user;
CREATE VIEW plain AS SELECT user, length(periods(user, groupArray(ts), 10, 0)) AS n FROM events GROUP BY user;
SELECT 'plain', * FROM plain EXCEPT ALL SELECT 'plain', * FROM known;
SELECT 'plain, filtered', n FROM plain WHERE user = 3 EXCEPT ALL SELECT 'plain, filtered', n FROM known WHERE user = 3;

CREATE VIEW with_gap AS SELECT user, length(periods(user, groupArray(ts), {gap:Int64}, 0)) AS n FROM events GROUP BY user;
SELECT 'parameterized', * FROM with_gap(gap = 10) EXCEPT ALL SELECT 'parameterized', * FROM known;
SELECT 'parameterized, another value', sum(n) FROM with_gap(gap = 100000);

SELECT 'incremental', user, length(activityPeriods(user, activityMerge(groupArray(history)), 10, 0)) AS n FROM histories GROUP BY user
EXCEPT ALL SELECT 'incremental', * FROM known;
OPTIMIZE TABLE moments FINAL;
SELECT 'incremental, aggregate states', user, round(varSampStableMerge(moments), 3) AS v, sum(n) FROM moments GROUP BY user
EXCEPT ALL SELECT 'incremental, aggregate states', user, round(varSampStable(toFloat64(ts)), 3), count() FROM events GROUP BY user;
SELECT 'one after another', user, day, sum(length) FROM lengths GROUP BY user, day
EXCEPT ALL SELECT 'one after another', user, intDiv(ts, 1000), count() FROM events GROUP BY ALL;

CREATE VIEW stream AS
SELECT user, period_number FROM executable('period_stream --keys 1 --time ts --gap 10 --emit periods', Native,
    'user UInt64, period_id UInt64, period_number UInt32, period_first Int64, period_last Int64, period_length UInt64, unique_period_length UInt64',
    (SELECT user, ts FROM events ORDER BY user, ts));
SELECT 'stream', user, max(period_number) FROM stream GROUP BY user EXCEPT ALL SELECT 'stream', * FROM known;
CREATE VIEW stream_of AS
SELECT user, period_number FROM executable('period_stream --keys 1 --time ts --gap 10 --emit periods', Native,
    'user UInt64, period_id UInt64, period_number UInt32, period_first Int64, period_last Int64, period_length UInt64, unique_period_length UInt64',
    (SELECT user, ts FROM events WHERE user < {below:UInt64} ORDER BY user, ts));
SELECT 'stream, parameterized', user, max(period_number) FROM stream_of(below = 3) GROUP BY user
EXCEPT ALL SELECT 'stream, parameterized', * FROM known WHERE user < 3;
SELECT 'streams, how many keys', (SELECT uniqExact(user) FROM stream), (SELECT uniqExact(user) FROM stream_of(below = 3));
CREATE TABLE published ENGINE = MergeTree ORDER BY user AS SELECT * FROM stream;
INSERT INTO published SELECT user + 10, period_number FROM stream_of(below = 1);
SELECT 'INSERT ... SELECT', user, max(period_number) FROM published GROUP BY user
EXCEPT ALL (SELECT 'INSERT ... SELECT', * FROM known UNION ALL SELECT 'INSERT ... SELECT', 10, n FROM known WHERE user = 0);
SELECT 'INSERT ... SELECT, how many keys', uniqExact(user) FROM published;
