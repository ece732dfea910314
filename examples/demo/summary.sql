SELECT
    sum(n_events) AS events,
    count() AS users,
    sum(length(list)) AS periods,
    round(events / periods, 2) AS events_per_period,
    max(arrayMax(p -> p.last_tick - p.first_tick, list)) AS longest_seconds
FROM
(
    SELECT count() AS n_events, periods(xxh3(user), groupArray(ts), {gap}, 0) AS list
    FROM events
    GROUP BY user
);
