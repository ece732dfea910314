-- The rule over its arguments; rows that disagree are printed.
SELECT max_group_rows, chunk_rows, margin, found, expected FROM
(
  SELECT
    max_group_rows, chunk_rows, margin, expected,
    saltCount(max_group_rows, chunk_rows, margin) AS found
  FROM values('max_group_rows UInt64, chunk_rows UInt64, margin Float64, expected UInt64',
    (0, 1000000, 1.5, 1),
    (999999, 1000000, 1.5, 1),
    (1000000, 1000000, 1, 2),
    (1000000, 1000000, 1.5, 2),
    (1000000, 1000000, 0.1, 2),
    (2000000, 1000000, 1, 2),
    (2000001, 1000000, 1, 3),
    (3000000, 1000000, 1.5, 5),
    (10000000, 1000000, 1.5, 15),
    (7, 1, 1, 7),
    (18446744073709551615, 4294967296, 1, 4294967296))
)
WHERE found != expected;

-- Constants and other numeric types give the same type, fit for saltOf.
SELECT saltCount(36516, 1000, 1.5), saltCount(toInt32(5), 10., 1), saltCount(toNullable(25), 10, 1),
  toTypeName(saltCount(1, 2, 1)), toTypeName(saltCount(toInt32(5), toInt64(1), 1.5)),
  saltOf('abc', saltCount(36516, 1000, 1.5)) < 55;
