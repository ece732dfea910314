-- Sums of the widest integers and Decimals, as ClickHouse's own, negative ones included.
CREATE TABLE partials ENGINE = Memory AS
SELECT intDiv(number, 50) AS key,
    (toUInt128(sipHash64(number)) * toUInt128(sipHash64(number, 1) % 1000000007))::UInt128 AS u128,
    (toUInt256(sipHash64(number)) * toUInt256(sipHash64(number, 1)) * toUInt256(sipHash64(number, 2)))::UInt256 AS u256,
    if(number % 3 = 0, NULL, toInt256(sipHash64(number)) * toInt256(sipHash64(number, 1)) * if(number % 2 = 0, 1, -1))::Nullable(Int256) AS i256,
    (toInt64(sipHash64(number, 3)) % 1000000)::Decimal(60, 5) AS d256
FROM numbers(1000);

SELECT count(), countIf((f.u128, f.u256, f.i256, f.d256) != (e.u128, e.u256, e.i256, e.d256)) AS differ
FROM executable('merge_partials --keys 1', Native,
    'key UInt64, u128 UInt128, u256 UInt256, i256 Nullable(Int256), d256 Decimal(60, 5)',
    (SELECT * FROM partials ORDER BY key),
    SETTINGS check_exit_code = 1, stderr_reaction = 'throw') AS f
INNER JOIN
(
    SELECT key, sum(partials.u128)::UInt128 AS u128, sum(partials.u256) AS u256, sum(partials.i256) AS i256,
        sum(partials.d256)::Decimal(60, 5) AS d256
    FROM partials GROUP BY key
) AS e USING key;
