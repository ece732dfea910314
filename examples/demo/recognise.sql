-- What the file is, from its first lines that are not blank: the engine of a table that reads it, or
-- what is wrong with it. Fields of text formats stay text, the demo reads times and numbers itself.
WITH
    '{file}' AS path,
    concat('\'', replaceRegexpAll(path, '([\\\\\'])', '\\\\\\1'), '\'') AS quoted,
    (
        SELECT groupArray(line)
        FROM (SELECT line FROM file('{file}', LineAsString, 'line String', '{compression}') WHERE match(line, '\\S') LIMIT 2)
    ) AS lines,
    lines[1] AS head,
    replaceRegexpAll(head, '"[^"]*"', '') AS unquoted,
    arrayMap(sign -> countSubstrings(unquoted, sign), [',', ';', '\t', '|']) AS counts,
    [',', ';', '\\t', '|'][indexOf(counts, arrayMax(counts))] AS delimiter,
    multiIf(
        startsWith(head, 'PAR1'), 'Parquet',
        startsWith(head, 'ARROW1'), 'Arrow',
        startsWith(head, 'ORC'), 'ORC',
        startsWith(head, 'Obj\x01'), 'Avro',
        match(head, '^(\xEF\xBB\xBF)?\\s*[{\\[]'), 'JSONEachRow',
        delimiter = '\\t' AND position(head, '"') = 0, 'TSVWithNames',
        'CSVWithNames') AS format
SELECT multiIf(
    head = '', 'it is empty',
    startsWith(head, 'PK\x03\x04'), 'it is a workbook or a zip archive; save it as CSV',
    startsWith(head, '\xFF\xFE') OR startsWith(head, '\xFE\xFF'), 'it is UTF-16; write it as UTF-8 (iconv -f utf-16 -t utf-8)',
    format IN ('CSVWithNames', 'TSVWithNames') AND (match(head, '^\\s*(<|%PDF)|[\\x00-\\x08\\x0e-\\x1f]') OR (head >= '\x80' AND NOT isValidUTF8(head))),
        concat('expected Parquet, JSON lines, CSV or TSV, found the bytes ', lower(hex(substring(head, 1, 4)))),
    format IN ('CSVWithNames', 'TSVWithNames') AND length(lines) < 2, concat('it has a header and no rows: ', trimBoth(head)),
    concat('ENGINE = File(', format, ', ', quoted, ', \'{compression}\') SETTINGS format_csv_delimiter = \'', delimiter, '\'',
        ', input_format_csv_use_best_effort_in_schema_inference = 0, input_format_tsv_use_best_effort_in_schema_inference = 0',
        ', input_format_csv_allow_whitespace_or_tab_as_delimiter = ', toString(delimiter = '\\t'),
        ', input_format_tsv_crlf_end_of_line = 1, input_format_parquet_preserve_order = 1, input_format_column_name_matching_mode = \'match_case\', input_format_try_infer_dates = 0, input_format_try_infer_datetimes = 0'))
FORMAT TSVRaw;
