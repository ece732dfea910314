-- SQL can check a state by itself, as docs/states.md says: each state is good, and any of its bytes
-- changed is found.
CREATE TABLE states ENGINE = Memory AS
SELECT number AS seed, if(seed % 2 = 0, activityState(range(seed)), exactState(arrayMap(i -> i * 0.1, range(seed)))) AS state
FROM numbers(1, 600);
CREATE VIEW checked AS
SELECT seed, form, state != '' AND (NOT startsWith(state, unhex('B7535742'))
    OR xxh3(substring(state, 1, length(state) - 8)) != reinterpretAsUInt64(substring(state, -8))) AS is_bad
FROM
(
  SELECT seed, 'good' AS form, state FROM states
  UNION ALL
  SELECT seed, 'changed' AS form,
    concat(substring(state, 1, at), char(bitXor(reinterpretAsUInt8(substring(state, at + 1, 1)), 1 + seed % 255)), substring(state, at + 2)) AS state
  FROM (SELECT seed, state, arrayJoin(range(length(state))) AS at FROM states)
  UNION ALL
  SELECT seed, 'cut' AS form, substring(state, 1, arrayJoin(range(1, length(state)))) AS state FROM states
);
SELECT form, is_bad, count() > 500 FROM checked GROUP BY form, is_bad ORDER BY form;
