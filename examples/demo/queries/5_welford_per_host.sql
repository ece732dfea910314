-- Mean and standard deviation of the value per host, from a Welford state
SELECT
    host,
    welfordState(groupArray(value)) AS state,
    state.n AS n,
    welfordMean(state) AS mean,
    welfordStddevSamp(state) AS stddev
FROM events
GROUP BY host
ORDER BY n DESC, host
LIMIT 10;
