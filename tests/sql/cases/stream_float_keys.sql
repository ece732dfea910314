-- since: 25.5 BFloat16
-- settings: max_block_size=1,7,65409
-- ORDER BY does not tell -0.0 from 0.0 nor one NaN from another, and mixes them: each is one key, its id
-- that of 0.0 and of the plain NaN. NaN comes last, NULL after it.
CREATE VIEW events AS
SELECT arrayJoin([1.5, -0., 0., nan, -nan, -inf, inf, NULL, -1.5, reinterpretAsFloat64(toUInt64(0x7ff8000000000123))])::Nullable(Float64) AS k,
  toFloat32(k) AS s, k::Nullable(BFloat16) AS b, [k] AS a, number AS ts
FROM numbers(4);

SELECT 'Float64', k, period_length, period_id = xxh3(concat(formatRow('RowBinary', k), reinterpretAsFixedString(toInt64(0)))) AS id
FROM executable('period_stream --keys 1 --time ts --gap 10 --emit periods', Native,
  'k Nullable(Float64), period_id UInt64, period_length UInt64', (SELECT k, ts FROM events ORDER BY k, ts)) SETTINGS input_format_skip_unknown_fields = 1;
SELECT 'Float32', k, period_length
FROM executable('period_stream --keys 1 --time ts --gap 10 --emit periods', Native,
  'k Nullable(Float32), period_id UInt64, period_length UInt64', (SELECT s AS k, ts FROM events ORDER BY s, ts)) SETTINGS input_format_skip_unknown_fields = 1;
SELECT 'BFloat16', k, period_length
FROM executable('period_stream --keys 1 --time ts --gap 10 --emit periods', Native,
  'k Nullable(BFloat16), period_id UInt64, period_length UInt64', (SELECT b AS k, ts FROM events ORDER BY b, ts)) SETTINGS input_format_skip_unknown_fields = 1;
SELECT 'Array', k, period_length
FROM executable('period_stream --keys 1 --time ts --gap 10 --emit periods', Native,
  'k Array(Nullable(Float64)), period_id UInt64, period_length UInt64', (SELECT a AS k, ts FROM events ORDER BY a, ts)) SETTINGS input_format_skip_unknown_fields = 1;
