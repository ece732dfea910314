-- step: slice
-- The rows of one window into RAW, spread over the shards by their key.
INSERT INTO {{raw}}_all ({{columns}}, ingested_at)
SELECT {{columns}}, fromUnixTimestamp64Milli({ingested:Int64}, 'UTC')
FROM executable(
    '{{scan}} --run {{run}}',
    Native,
    '{{structure}}',
    (SELECT {window_from:Int64} AS window_from, {window_to:Int64} AS window_to),
    SETTINGS check_exit_code = 1, stderr_reaction = 'throw', command_read_timeout = 3600000, command_write_timeout = 3600000)

-- step: touched
-- The partitions in which RAW has newer rows than CLEAN, whoever loaded them.
SELECT raw.p
FROM (SELECT _partition_id AS p, max(ingested_at) AS newest FROM {{raw}} GROUP BY p) AS raw
LEFT JOIN (SELECT _partition_id AS p, max(ingested_at) AS newest FROM {{clean}} GROUP BY p) AS clean ON raw.p = clean.p
WHERE raw.newest > clean.newest
ORDER BY raw.p
SETTINGS join_use_nulls = 0

-- step: dedup
-- One partition into the buffer. CLEAN's own rows are in it as well, so that RAW may be kept for days only. The row is taken
-- as one tuple: column by column, argMax would skip NULLs and keep what they replaced.
INSERT INTO {{buffer}} ({{key}}, {{rest}}, ingested_at)
SELECT {{key}}, {{latest}}, newest
FROM
(
    SELECT {{key}}, argMax(tuple({{rest}}), ingested_at) AS latest, max(ingested_at) AS newest
    FROM
    (
        SELECT {{columns}}, ingested_at FROM {{clean}} WHERE _partition_id = {partition:String}
        UNION ALL
        SELECT {{columns}}, ingested_at FROM {{raw}} WHERE _partition_id = {partition:String}
    )
    GROUP BY {{key}}
)

-- step: details
SELECT detail
FROM executable('phoenix_scan --source {{source}} --details {{run}}', Native, 'detail String', SETTINGS check_exit_code = 1, stderr_reaction = 'throw')
FORMAT TSVRaw

-- step: describe
SELECT name, phoenix_type, type
FROM executable('{{describe}}', Native, 'name String, phoenix_type String, type String', SETTINGS check_exit_code = 1, stderr_reaction = 'throw')
FORMAT TSVRaw
