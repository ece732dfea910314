-- A sum of UInt128 that does not fit is an error, not a wrap.
SELECT * FROM executable('merge_partials --keys 1', Native, 'key UInt8, v UInt128',
    (SELECT 1::UInt8 AS key, (toUInt256(2)::UInt256 * pow(2, 126)::UInt256)::UInt128 AS v FROM numbers(2)),
    SETTINGS check_exit_code = 1, stderr_reaction = 'throw');
