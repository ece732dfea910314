-- What the demo works on, from whatever log it was loaded.
CREATE DATABASE demo ENGINE = Atomic;

CREATE TABLE demo.events
(
    user  String,
    ts    DateTime('UTC'),
    host  LowCardinality(String),
    value Nullable(Float64)
)
ENGINE = MergeTree
ORDER BY (user, ts);
