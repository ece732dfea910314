-- Images that differ in three bits of their hash or fewer are one creative. A hash's cluster is the hash among its neighbours, itself
-- included, that was seen most often; of equals the smallest. Of four quarters of two such hashes at least one is equal.
WITH
    images AS
    (
        SELECT image_hash, count() AS seen
        FROM {{ ref('gold_programmatic_visits') }}
        WHERE image_hash != 0
        GROUP BY image_hash
    ),
    quarters AS
    (
        SELECT image_hash, seen, quarter, bitAnd(bitShiftRight(image_hash, 16 * quarter), 65535) AS bits
        FROM images
        ARRAY JOIN [0, 1, 2, 3] AS quarter
    )
SELECT image_hash, argMax(near_hash, (near_seen, -toInt128(near_hash))) AS cluster, uniqExact(near_hash) AS neighbours
FROM
(
    SELECT one.image_hash AS image_hash, other.image_hash AS near_hash, other.seen AS near_seen
    FROM quarters AS one
    INNER JOIN quarters AS other USING (quarter, bits)
    WHERE bitHammingDistance(image_hash, near_hash) <= 3
)
GROUP BY image_hash
