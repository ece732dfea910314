-- Periods per user: a new one begins after more than 30 minutes of silence
SELECT
    user,
    length(p) AS periods,
    events,
    round(arrayAvg(x -> x.last_tick - x.first_tick, p)) AS mean_seconds
FROM
(
    SELECT
        user,
        count() AS events,
        periods(xxh3(user), groupArray(ts), 1800, 0) AS p
    FROM events
    GROUP BY user
)
ORDER BY periods DESC, user
LIMIT 10;
