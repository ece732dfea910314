-- settings: max_threads=1,4
-- After a call that failed the server goes on: the next calls of the same function answer right. The
-- calls stand in materialized views whose errors the insert ignores, so that they fail within one run;
-- an .error case would end there.
CREATE TABLE calls (call UInt32, times Array(Int64), gap Int64, max_span Int64, n UInt64, m2 Float64) ENGINE = Null;
CREATE TABLE answers (call UInt32, of String, answer String) ENGINE = Memory;
CREATE MATERIALIZED VIEW by_periods TO answers AS
SELECT call, 'periodNumbers' AS of, toString(periodNumbers(times, gap, max_span)) AS answer FROM calls;
CREATE MATERIALIZED VIEW by_welford TO answers AS
SELECT call, 'welfordMerge' AS of, toString(welfordMerge([(n, 0., m2), (n, 0., m2)])) AS answer FROM calls;

SET materialized_views_ignore_errors = 1;
INSERT INTO calls SELECT 1, [5, 1], 4, 0, 1, 0;
INSERT INTO calls SELECT 2, [5, 1], -1, 0, 1, -1;
INSERT INTO calls SELECT 3, [5, 1], 3, 0, 2, 0;
INSERT INTO calls SELECT 4, [5, 1], 3, -1, 2, -2;
-- One bad row among many fails its block and leaves nothing behind.
INSERT INTO calls SELECT 5, [5, 1], if(number = 9999, -1, 3), 0, 1, if(number = 9999, -1, 0) FROM numbers(10000);
INSERT INTO calls SELECT 6, [5, 1, 6], 1, 1, 3, 8;
INSERT INTO calls SELECT 7, [], 0, 0, 0, 0;
-- 18 more failures: the pool has 16 processes.
INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1; INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1; INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1;
INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1; INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1; INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1;
INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1; INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1; INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1;
INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1; INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1; INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1;
INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1; INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1; INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1;
INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1; INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1; INSERT INTO calls SELECT 8, [1], -1, 0, 1, -1;
INSERT INTO calls SELECT 9, [2, 2], 0, 0, 4, 4;

SELECT * FROM answers ORDER BY call, of;
SELECT max(value) >= 2 * 26 OR version() < '26.6' FROM system.events WHERE event = 'ExecutableUserDefinedFunctionInvocations';
