-- Periods per user: a new one begins after more than {gap} seconds of silence
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
        periods(xxh3(user), groupArray(ts), {gap}, 0) AS p
    FROM events
    GROUP BY user
)
ORDER BY periods DESC, user
LIMIT 10;
