-- The table that reads the file.
CREATE TABLE log {engine};

-- Its columns as DESCRIBE lists them, fields of nested objects (`a.b`) among them, without
-- lists; each with the expression that gives it as text. A moment is told in UTC.
DESCRIBE TABLE log INTO OUTFILE '{described}' FORMAT TSV SETTINGS describe_include_subcolumns = 1;

CREATE TABLE columns (position UInt64, name String, type String, text String) ENGINE = MergeTree ORDER BY position;

INSERT INTO columns
WITH
    replaceRegexpAll(type, '\\s+', ' ') AS one_line,
    concat('`', replaceRegexpAll(name, '([`\\\\])', '\\\\\\1'), '`') AS quoted,
    match(one_line, '^(Nullable\\(|LowCardinality\\()*DateTime') AS is_moment
SELECT
    rowNumberInAllBlocks(), name, one_line,
    concat('ifNull(toString(', quoted, if(is_moment, ', \'UTC\'', ''), '), \'\')')
FROM file('{described}', TSV, 'name String, type String, a String, b String, c String, d String, e String, is_subcolumn UInt8')
WHERE NOT match(one_line, '^(Tuple|Array|Map|Object|JSON|Variant|Dynamic)\\b') AND NOT (is_subcolumn AND match(name, '\\.(null|size\\d*)$') AND match(one_line, 'UInt(8|64)'))
