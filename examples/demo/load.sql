-- Every field of the file arrives as text. KEY and TIME may be several columns: a key's parts are
-- joined by '/', a time's by a space. A row without a readable time is left out (and counted by the
-- demo); a value that is no number is NULL.
INSERT INTO events
SELECT
    arrayStringConcat([{key}], '/') AS user,
    assumeNotNull(parseDateTimeBestEffortOrNull(arrayStringConcat([{time}], ' '), 'UTC')) AS ts,
    arrayStringConcat([{host}], '/') AS host,
    toFloat64OrNull({value}) AS value
FROM file('{file}', 'CSVWithNames')
WHERE parseDateTimeBestEffortOrNull(arrayStringConcat([{time}], ' '), 'UTC') IS NOT NULL
SETTINGS input_format_csv_use_best_effort_in_schema_inference = 0, schema_inference_make_columns_nullable = 0;
