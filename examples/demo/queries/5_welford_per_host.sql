-- Mean and standard deviation of the value per host, from a Welford state
SELECT
    host,
    state.n AS n,
    round(welfordMean(state), 6) AS mean,
    round(welfordStddevSamp(state), 6) AS stddev
FROM
(
    SELECT host, welfordState(groupArray(value)) AS state
    FROM events
    GROUP BY host
)
ORDER BY n DESC, host
LIMIT 10;
