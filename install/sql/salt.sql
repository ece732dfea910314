-- Salts spread one hot key over several partial groups; the partials are then merged without a loss.

-- saltOf(x, salts): a salt from 0 to salts - 1, the same for equal x on every run and machine:
-- xxh3(x) % salts. Take for x what tells the rows of one key apart (an event id, or several columns
-- as a tuple) and keep its type: xxh3 reads bytes, so 1 as a UInt8 and 1 as a UInt64 differ. A NULL
-- gives NULL. salts below 1 is an error.
CREATE OR REPLACE FUNCTION saltOf AS (x, salts) ->
  xxh3(x) % if(salts < 1, throwIf(salts < 1, 'saltOf: expected salts >= 1'), salts);

-- saltCount(max_group_rows, chunk_rows, margin): how many salts keep the largest group's partials
-- near chunk_rows rows each: 1 when max_group_rows < chunk_rows, else
-- max(2, ceil(max_group_rows / chunk_rows * margin)). The margin covers uneven spreading; 1000000
-- rows and a margin of 1.5 are common. chunk_rows below 1 or a margin that is not positive is an
-- error.
CREATE OR REPLACE FUNCTION saltCount AS (max_group_rows, chunk_rows, margin) ->
  if(max_group_rows < chunk_rows, toUInt64(1),
    greatest(toUInt64(2), accurateCast(
      ceil(
        toFloat64(max_group_rows)
        / if(chunk_rows < 1, throwIf(chunk_rows < 1, 'saltCount: expected chunk_rows >= 1'), chunk_rows)
        * if(margin > 0, toFloat64(margin), throwIf(NOT margin > 0, 'saltCount: expected margin > 0'))),
      'UInt64')));
