-- settings: max_threads=1,4
-- States stored as ClickHouse's own in an AggregatingMergeTree: inserted day by day, merged in the
-- background and by OPTIMIZE, read by varSampStableMerge and by welfordFromAggregate.
CREATE TABLE mart (host UInt32, moments AggregateFunction(varSampStable, Float64))
ENGINE = AggregatingMergeTree ORDER BY host;

INSERT INTO mart SELECT number % 10 AS host, welfordToAggregate(welfordState(groupArray(1e6 + sin(number)))) FROM numbers(0, 30000) GROUP BY host;
INSERT INTO mart SELECT number % 10 AS host, welfordToAggregate(welfordState(groupArray(1e6 + sin(number)))) FROM numbers(30000, 20000) GROUP BY host;
INSERT INTO mart SELECT number % 10 AS host, varSampStableState(1e6 + sin(number)) FROM numbers(50000, 50000) GROUP BY host;
INSERT INTO mart SELECT number % 10 AS host, welfordToAggregate(CAST((0, 0, 0), 'Tuple(n UInt64, mean Float64, m2 Float64)')) FROM numbers(10);

CREATE VIEW disagreeing AS
SELECT host, found, state, expected
FROM
  (SELECT host, varSampStableMerge(moments) AS found, welfordFromAggregate(varSampStableMergeState(moments)) AS state FROM mart GROUP BY host) AS f
FULL JOIN
  (SELECT number % 10 AS host, varSampStable(1e6 + sin(number)) AS expected, avg(1e6 + sin(number)) AS mean FROM numbers(100000) GROUP BY host) AS e
USING (host)
WHERE NOT ifNull(abs(found - expected) <= 1e-9 * expected AND abs(welfordVarSamp(state) - expected) <= 1e-9 * expected
  AND state.n = 10000 AND abs(state.mean - mean) <= 1e-12 * mean, 0);

SELECT 'before', * FROM disagreeing ORDER BY host;
OPTIMIZE TABLE mart FINAL;
SELECT 'after', * FROM disagreeing ORDER BY host;
SELECT count(), countIf(tupleElement(welfordFromAggregate(moments), 'n') != 10000) FROM mart;
