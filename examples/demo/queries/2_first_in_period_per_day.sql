-- Events and new periods per day
SELECT toDate(t) AS day, count() AS events, sum(is_first) AS new_periods
FROM
(
    SELECT groupArray(ts) AS times, firstInPeriod(times, {gap}, 0) AS firsts
    FROM events
    GROUP BY user
)
ARRAY JOIN times AS t, firsts AS is_first
GROUP BY day
ORDER BY day;
