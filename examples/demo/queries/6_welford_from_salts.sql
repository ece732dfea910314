-- The same, merged from 8 salted partials
SELECT
    host,
    n_partials,
    state.n AS n,
    round(welfordMean(state), 6) AS mean,
    round(welfordStddevSamp(state), 6) AS stddev
FROM
(
    SELECT
        host,
        count() AS n_partials,
        welfordMerge(groupArray(partial)) AS state
    FROM
    (
        SELECT host, welfordState(groupArray(value)) AS partial
        FROM events
        GROUP BY host, saltOf(tuple(user, ts), 8)
    )
    GROUP BY host
)
ORDER BY n DESC, host
LIMIT 10;
