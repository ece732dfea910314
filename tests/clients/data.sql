-- What every client asks about. Keys and ticks above 2^53, ticks before 1970, empty arrays, equal times
-- and times out of order.
CREATE TABLE samples (key UInt64, times Array(Int64), values Array(Float64)) ENGINE = MergeTree ORDER BY key;

INSERT INTO samples VALUES
    (1, [100, 105, 105, 200], [1, 2.5, -4]),
    (2, [], []),
    (3, [9007199254740993, 5, -7, 9007199254740995, 9007199254740995], [1e150, -1e-150, 0.1]),
    (18446744073709551615, [-4611686018427387905, 4611686018427387905], [0.1, 0.2, 0.30000000000000004]);

-- The states as the server makes them, and as the clients send them back.
CREATE TABLE states ENGINE = MergeTree ORDER BY key AS
SELECT key, activityState(times) AS state FROM samples;
CREATE TABLE returned (client String, key UInt64, state String) ENGINE = MergeTree ORDER BY (client, key);

-- The table of the README's first queries, for the examples of docs/clients.md.
CREATE TABLE events (user String, ts DateTime('UTC'), host String, seconds Nullable(Float64))
ENGINE = MergeTree ORDER BY (user, ts);

INSERT INTO events VALUES
    ('ann', '2026-03-02 10:00:00', 'a.example', 30),
    ('ann', '2026-03-02 10:20:00', 'b.example', 45),
    ('ann', '2026-03-02 12:00:00', 'a.example', NULL),
    ('bob', '2026-03-02 10:05:00', 'a.example', 12),
    ('bob', '2026-03-03 10:05:00', 'a.example', 18);
