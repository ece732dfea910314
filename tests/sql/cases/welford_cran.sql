-- needs: cran
-- settings: max_threads=1,4
-- Download sizes per country: the state, its merge from 8 salted partials, and the merge of ClickHouse's
-- own aggregate over our states, against ClickHouse's varSampStable and avg to 1e-12 relative.
CREATE TABLE sizes (country LowCardinality(String), size Float64, row UInt64) ENGINE = Memory;
INSERT INTO sizes
SELECT country, assumeNotNull(toFloat64OrNull(size)), rowNumberInAllBlocks()
FROM file('{data}/cran_logs_20140101_20140119.csv.zst', 'CSVWithNames', 'size String, country String')
WHERE toFloat64OrNull(size) IS NOT NULL
SETTINGS input_format_skip_unknown_fields = 1;

CREATE TABLE partials ENGINE = Memory AS
SELECT country, saltOf(row, 8) AS salt, welfordState(groupArray(size)) AS state FROM sizes GROUP BY country, salt;

WITH
  results AS (
    SELECT country, 'whole' AS form, welfordState(groupArray(size)) AS state FROM sizes GROUP BY country
    UNION ALL
    SELECT country, '8 salts' AS form, welfordMerge(groupArray(state)) AS state FROM partials GROUP BY country
    UNION ALL
    SELECT country, 'back from the aggregate' AS form, welfordFromAggregate(varSampStableState(size)) AS state FROM sizes GROUP BY country
    UNION ALL
    SELECT country, 'merged by the aggregate' AS form,
      CAST((sum(state.n), sum(state.n * state.mean) / sum(state.n), if(sum(state.n) = 1, 0, varSampStableMerge(welfordToAggregate(state)) * (sum(state.n) - 1))),
        'Tuple(n UInt64, mean Float64, m2 Float64)') AS state
    FROM partials GROUP BY country),
  reference AS (SELECT country, count() AS n, avg(size) AS mean, varSampStable(size) AS variance FROM sizes GROUP BY country)
SELECT country, form, state.n, n, welfordMean(state), mean, welfordVarSamp(state), variance
FROM reference AS r LEFT JOIN results USING (country)
WHERE (NOT ifNull(state.n = n AND abs(welfordMean(state) - mean) <= 1e-12 * abs(mean)
    AND (n = 1 AND welfordVarSamp(state) IS NULL OR abs(welfordVarSamp(state) - variance) <= 1e-12 * variance), 0))
ORDER BY country, form LIMIT 10;

SELECT count() > 1900000, uniqExact(country), countIf(salt > 7) FROM sizes LEFT JOIN (SELECT max(salt) AS salt FROM partials) AS p ON 1;
