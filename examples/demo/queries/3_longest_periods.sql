-- The longest periods, by their span
SELECT
    user,
    p.id AS period_id,
    toDateTime(p.first_tick, 'UTC') AS first,
    p.last_tick - p.first_tick AS seconds,
    p.length AS events
FROM
(
    SELECT user, periods(xxh3(user), groupArray(ts), {gap}, 0) AS list
    FROM events
    GROUP BY user
)
ARRAY JOIN list AS p
ORDER BY seconds DESC, user
LIMIT 10;
