-- The same from 8 salted partials, merged
SELECT
    host,
    welfordMerge(groupArray(partial)) AS state,
    state.n AS n,
    welfordMean(state) AS mean,
    welfordStddevSamp(state) AS stddev
FROM
(
    SELECT host, welfordState(groupArray(value)) AS partial
    FROM events
    GROUP BY host, saltOf(tuple(user, ts), 8)
)
GROUP BY host
ORDER BY n DESC, host
LIMIT 10;
