-- settings: max_block_size=1,7,65409
-- --sum and --moments of every kind of number, Decimals by their value and not by the integer in which
-- they are stored: as ClickHouse's sum and varPop over the same rows.
CREATE VIEW events AS
SELECT toUInt64(number % 5) AS k, number AS ts,
  CAST(toInt32(sipHash64(number, 1) % 2000) - 1000, 'Decimal(9, 0)') / 10 AS d1,
  CAST((toInt64(sipHash64(number, 2) % 2000000) - 1000000) / 1000, 'Decimal(18, 3)') AS d2,
  if(number % 3 = 0, NULL, CAST(sipHash64(number, 3) % 1000, 'Decimal(38, 20)')) AS d3,
  toInt8(sipHash64(number, 4) % 256 - 128) AS i8, toUInt16(sipHash64(number, 5)) AS u16, toInt128(sipHash64(number, 6)) * -7 AS i128,
  toFloat32(sipHash64(number, 7) % 100) / 4 AS f32, if(number % 4 = 0, NULL, toFloat64(sipHash64(number, 8) % 100)) AS f64
FROM numbers(500);

CREATE TABLE found ENGINE = Memory AS
SELECT * FROM executable('period_stream --keys 1 --time ts --gap 1000 --emit periods --sum d1 --sum d2 --sum d3 --sum i8 --sum u16 --sum i128 --sum f32 --sum f64 --moments d1 --moments d3 --moments i8 --moments i128 --moments f32 --moments f64', Native,
  'k UInt64, period_id UInt64, period_number UInt32, period_first UInt64, period_last UInt64, period_length UInt64, unique_period_length UInt64, d1_sum Decimal(38, 1), d2_sum Decimal(38, 3), d3_sum Nullable(Decimal(38, 20)), i8_sum Int64, u16_sum UInt64, i128_sum Int128, f32_sum Float64, f64_sum Nullable(Float64), d1_moments Tuple(n UInt64, mean Float64, m2 Float64), d3_moments Tuple(n UInt64, mean Float64, m2 Float64), i8_moments Tuple(n UInt64, mean Float64, m2 Float64), i128_moments Tuple(n UInt64, mean Float64, m2 Float64), f32_moments Tuple(n UInt64, mean Float64, m2 Float64), f64_moments Tuple(n UInt64, mean Float64, m2 Float64)',
  (SELECT k, ts, CAST(d1, 'Decimal(9, 1)') AS d1, d2, d3, i8, u16, i128, f32, f64 FROM events ORDER BY k, ts))
-- The types must be the ones that are sent: a conversion would hide a wrong scale.
SETTINGS input_format_native_allow_types_conversion = 0;

SELECT k, d1_sum, d2_sum, d3_sum, i8_sum, u16_sum, i128_sum, f32_sum, f64_sum FROM found
EXCEPT DISTINCT
SELECT k, sum(CAST(d1, 'Decimal(9, 1)')), sum(d2), sum(d3), sum(i8), sum(u16), sum(i128), sum(f32), sum(f64) FROM events GROUP BY k;

SELECT k, m.1 AS column, m.2 AS found, m.3 AS expected
FROM
(
  SELECT k, arrayJoin([
    ('d1', d1_moments, (c1, a1, v1)), ('d3', d3_moments, (c2, a2, v2)), ('i8', i8_moments, (c3, a3, v3)),
    ('i128', i128_moments, (c4, a4, v4)), ('f32', f32_moments, (c5, a5, v5)), ('f64', f64_moments, (c6, a6, v6))]) AS m
  FROM found INNER JOIN
  (
    SELECT k,
      count(d1) AS c1, assumeNotNull(avg(d1::Float64)) AS a1, varPopStable(d1::Float64) AS v1,
      count(d3) AS c2, assumeNotNull(avg(d3::Nullable(Float64))) AS a2, assumeNotNull(varPopStable(d3::Nullable(Float64))) AS v2,
      count(i8) AS c3, avg(i8) AS a3, varPopStable(i8) AS v3,
      count(i128) AS c4, avg(i128::Float64) AS a4, varPopStable(i128::Float64) AS v4,
      count(f32) AS c5, avg(f32) AS a5, varPopStable(f32) AS v5,
      count(f64) AS c6, assumeNotNull(avg(f64)) AS a6, assumeNotNull(varPopStable(f64)) AS v6
    FROM events GROUP BY k
  ) AS e USING (k)
)
WHERE m.2.1 != m.3.1 OR abs(m.2.2 - m.3.2) > 1e-12 * abs(m.3.2) + 1e-12 OR abs(m.2.3 - m.3.3 * m.3.1) > 1e-10 * m.2.3
ORDER BY k, column;

SELECT count(), sum(period_length) FROM found;
