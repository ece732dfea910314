SELECT 'u1' AS user, number AS period_number, 100 * number AS period_first, 100 * number + 100 AS period_last, 1 AS period_length FROM numbers(1, 2)
