-- settings: max_threads=1,4
-- After hostile states the functions answer right, and the failed calls leave nothing behind. The calls
-- stand in materialized views whose errors the insert ignores, so that they fail within one run; 20
-- of them are more than the pools have processes.
CREATE TABLE calls (call UInt32, history String, moments String) ENGINE = Null;
CREATE TABLE answers (call UInt32, of String, answer String) ENGINE = Memory;
CREATE MATERIALIZED VIEW by_events TO answers AS
SELECT call, 'activityEvents' AS of, toString(activityEvents(history)) AS answer FROM calls;
CREATE MATERIALIZED VIEW by_merge TO answers AS
SELECT call, 'activityMerge' AS of, toString(activityPeriods(7, activityMerge([history, activityState([100])]), 10, 0)) AS answer FROM calls;
CREATE MATERIALIZED VIEW by_moments TO answers AS
SELECT call, 'exactMerge' AS of, toString(exactMoments(exactMerge([exactState([10.]), moments]))) AS answer FROM calls;

CREATE TABLE hostile ENGINE = Memory AS
WITH activityState([1, 2, 2, 50]) AS a, exactState([1., 2, 6]) AS e,
  (b, at, byte) -> concat(substring(b, 1, at), byte, substring(b, at + 2)) AS put
SELECT number AS damage, -- cut, changed, no state, a later version, of 1 TiB, of the other kind
  [substring(a, 1, 20), put(a, 17, 'X'), 'garbage', put(a, 4, '\x02'), put(a, 13, '\x01'), e][number + 1] AS history,
  [substring(e, 1, 20), put(e, 17, 'X'), 'garbage', put(e, 4, '\x02'), put(e, 13, '\x01'), a][number + 1] AS moments
FROM numbers(6);

INSERT INTO calls SELECT 0, activityState([1, 2, 2, 50]), exactState([1., 2, 6]);
SET materialized_views_ignore_errors = 1;
INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 0; INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 0; INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 0;
INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 1; INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 1; INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 1;
INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 2; INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 2; INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 2;
INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 3; INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 3; INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 3;
INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 4; INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 4; INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 4;
INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 5; INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 5; INSERT INTO calls SELECT 1, history, moments FROM hostile WHERE damage = 5;
-- One of them among many good rows.
INSERT INTO calls SELECT 1, if(number = 999, 'garbage', activityState([number])), if(number = 999, 'garbage', exactState([number])) FROM numbers(1000);
INSERT INTO calls SELECT 1, if(number = 0, 'garbage', activityState([number])), if(number = 0, 'garbage', exactState([number])) FROM numbers(1000);
INSERT INTO calls SELECT 2, activityState([1, 2, 2, 50]), exactState([1., 2, 6]);
INSERT INTO calls SELECT 3, '', '';

SELECT * FROM answers ORDER BY call, of;
-- The hostile calls did reach the executables: three for each insert, and those that made the good ones.
SELECT max(value) >= 3 * 22 OR version() < '26.6' FROM system.events WHERE event = 'ExecutableUserDefinedFunctionInvocations';
