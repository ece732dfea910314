-- Streaks of days: a tick is a day, the gap 1, the unique length counts days
SELECT
    user,
    toDate(p.first_tick) AS from_day,
    toDate(p.last_tick) AS to_day,
    p.unique_length AS days,
    p.length AS events
FROM
(
    SELECT user, periods(xxh3(user), groupArray(toDate(ts)), 1, 0) AS list
    FROM events
    GROUP BY user
)
ARRAY JOIN list AS p
ORDER BY days DESC, events DESC, user
LIMIT 10;
