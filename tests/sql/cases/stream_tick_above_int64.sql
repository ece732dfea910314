-- settings: max_block_size=1,4,65409
-- The row and the key are those of the tick that does not fit, wherever the block began.
SELECT * FROM executable('period_stream --keys 1 --time ts --gap 10', Native, 'k UInt64, ts UInt64, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
  (SELECT intDiv(number, 3) AS k, toUInt64(9223372036854775807 - 6) + number AS ts FROM numbers(9) ORDER BY k, ts));
