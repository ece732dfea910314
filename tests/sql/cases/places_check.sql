-- A CHECK constraint with a function refuses the rows that it should.
CREATE TABLE lists (times Array(Int64), CONSTRAINT few CHECK length(periods(1, times, 5, 0)) < 3) ENGINE = Memory;
INSERT INTO lists VALUES ([1, 100]), ([1]);
INSERT INTO lists VALUES ([1]), ([1, 100, 200]);
