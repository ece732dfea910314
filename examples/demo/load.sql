-- Writes the statement that loads `log`. Commas separate the names in KEY, TIME and HOST; `\,` is a
-- comma in a name. A key's parts are joined by '/', a time's by a space. The statement gives nothing a
-- name, so that nothing of ours can stand in for a column of the file.
WITH
    (list -> arrayMap(part -> replaceAll(part, '\x01', ','), splitByChar(',', replaceAll(list, '\\,', '\x01')))) AS parts,
    (SELECT groupArray((name, text)) FROM columns) AS columns,
    (part -> arrayFirst(column -> column.1 = part, columns).2) AS text_of,
    ((list, sign) -> concat('arrayStringConcat([', arrayStringConcat(arrayMap(text_of, parts(list)), ', '), '], \'', sign, '\')')) AS joined,
    {key:String} AS key, {time:String} AS time, {host:String} AS host, {value:String} AS value,
    arrayFilter(part -> text_of(part) = '', arrayFlatten([parts(key), parts(time), parts(host), if(value = '', [], parts(value))])) AS unknown,
    concat('trimBoth(', joined(time, ' '), ')') AS time_text,
    -- Where columns are separated by a semicolon, a comma is the decimal point.
    (SELECT engine_full LIKE '%delimiter = \';\'%' FROM system.tables WHERE database = 'demo' AND name = 'log') AS decimal_comma,
    if(value = '', 'NULL', concat('toFloat64OrNull(', if(decimal_comma, 'replaceOne(', ''), 'trimBoth(', joined(value, ' '), ')', if(decimal_comma, ', \',\', \'.\'))', ')'))) AS number
SELECT if(notEmpty(unknown),
    concat('expected a column \'', unknown[1], '\', found ', arrayStringConcat(arrayMap(column -> column.1, columns), ',')),
    concat('INSERT INTO rows SELECT rowNumberInAllBlocks() + 1, ', joined(key, '/'), ', ', time_text,
        ', readTime(', time_text, ', {month_first:UInt8}), ', joined(host, '/'), ', ', number, ' FROM log'))
FORMAT TSVRaw
