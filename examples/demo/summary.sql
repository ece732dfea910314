SELECT
    count() AS users,
    sum(events) AS events,
    sum(length(p)) AS periods,
    round(sum(events) / sum(length(p)), 2) AS events_per_period,
    formatReadableTimeDelta(max(arrayMax(x -> x.last_tick - x.first_tick, p))) AS longest_period
FROM
(
    SELECT count() AS events, periods(xxh3(user), groupArray(ts), 1800, 0) AS p
    FROM events
    GROUP BY user
);
