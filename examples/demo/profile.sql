-- What each column of `log` holds, from `samples`, its first rows as text: one array per row.
CREATE OR REPLACE TABLE profile ENGINE = MergeTree ORDER BY position AS
SELECT
    columns.position AS position,
    columns.name AS name,
    columns.type AS type,
    anyIf(cell, cell != '') AS example,
    countIf(cell != '') / count() AS filled,
    uniqExactIf(cell, cell != '') AS distinct_values,
    countIf(cell != '') AS n,
    countIf(readTime(trimBoth(cell), 0) IS NOT NULL OR readTime(trimBoth(cell), 1) IS NOT NULL) / n AS times,
    countIf(match(cell, '^\\d{1,2}:\\d{2}')) / n AS clocks,
    countIf(match(cell, '\\d:\\d|\\dT\\d|^\\d{9,}')) / n AS with_clock,
    countIf(toFloat64OrNull(replaceOne(cell, ',', '.')) IS NOT NULL) / n AS numbers
FROM samples
ARRAY JOIN cells AS cell, arrayEnumerate(cells) AS place
INNER JOIN columns ON columns.position + 1 = place
GROUP BY columns.position, columns.name, columns.type;

-- A name speaks for a role more than what the column holds, but what it holds must fit.
CREATE OR REPLACE TABLE proposal ENGINE = MergeTree ORDER BY () AS
WITH
    (SELECT groupArray((name, type, distinct_values, n, times, clocks, with_clock, numbers)) FROM (SELECT * FROM profile ORDER BY position)) AS all_columns,
    arrayMap(column -> CAST(column, 'Tuple(name String, type String, distinct_values UInt64, n UInt64, times Float64, clocks Float64, with_clock Float64, numbers Float64)'), all_columns) AS columns,
    (name -> if(name = '', '', replaceAll(name, ',', '\\,'))) AS escaped,
    -- The time: a day and a clock where they are columns of their own.
    arrayReverseSort(column -> (
        match(lower(column.name), 'time|date|(^|[^a-z])(ts|day|at|when)$|stamp|created|datum|zeit'), column.times, column.with_clock),
        arrayFilter(column -> column.times >= 0.5
            AND (column.numbers < 0.5 OR match(lower(column.name), 'time|date|(^|[^a-z])(ts|at|when)$|stamp|created|epoch')), columns)) AS times,
    times[1] AS time,
    arrayFirst(column -> column.clocks >= 0.5 AND time.name != '' AND time.with_clock < 0.5, columns).name AS clock,
    arrayFilter(column -> column.name NOT IN (time.name, clock) AND column.times < 0.5 AND column.clocks < 0.5
        AND column.distinct_values > 1, columns) AS others,
    -- The key: comes again in other rows.
    arrayReverseSort(column -> (
        match(lower(column.name), 'user|client|customer|visitor|member|account|cookie|kunde') * 3
            + match(lower(column.name), 'session|device|(^|[^a-z])ip([^a-z]|$)|host|email|phone|imei') * 2
            + match(column.name, '(^|[^A-Za-z])(uid|id|ID|Id)$|[a-z]I[dD]$'),
        column.n, column.numbers < 0.5, column.distinct_values),
        arrayFilter(column -> column.distinct_values < 0.95 * column.n AND column.n > 0, others)) AS keys,
    keys[1].name AS key,
    -- The value: a number that is no number of something.
    arrayReverseSort(column -> (
        match(lower(column.name), 'duration|second|milli|latency|elapsed|price|amount|cost|revenue|size|bytes|value|score|quantity|qty|total|spent|dauer|preis|betrag|wert'),
        column.distinct_values),
        arrayFilter(column -> column.numbers >= 0.5 AND column.name != key
            AND NOT match(column.name, '(?i)(^|[^a-z])(id|no|nr|code|zip|plz|port|year|version)$|[a-z]I[dD]$|(?i)postal'), others)) AS values,
    values[1].name AS value,
    -- What to average by: few different texts.
    arrayReverseSort(column -> (
        match(lower(column.name), 'host|site|domain|server|page|product|package|country|categor|campaign|channel|region|city|exchange|stock|item|type'),
        column.distinct_values),
        arrayFilter(column -> column.numbers < 0.5 AND column.name NOT IN (key, value) AND column.distinct_values < 0.2 * column.n, others)) AS hosts
SELECT
    escaped(key) AS KEY,
    arrayStringConcat(arrayFilter(part -> part != '', [escaped(time.name), escaped(clock)]), ',') AS TIME,
    escaped(value) AS VALUE,
    if(value = '', '', escaped(hosts[1].name)) AS HOST;
