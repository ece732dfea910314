-- The benchmark's tables. {keys}, {hot} and {partials} are numbers of rows or keys; everything else
-- follows from the numbers themselves, so that the data are the same on every run.

-- 50 events a key on average (1 to 99), about ten to a period of gap 1800: a step of 30 minutes and
-- more one time in ten, else below a minute, zero at times.
CREATE TABLE events (key UInt64, ts DateTime('UTC'), value Float64)
ENGINE = MergeTree ORDER BY (key, ts);

INSERT INTO events
SELECT key, toDateTime(1000000000 + event.1, 'UTC'), event.2
FROM
(
    SELECT number AS key,
        arrayMap(i -> cityHash64(number, i), range(1 + (number * 37) % 99)) AS draws,
        arrayCumSum(arrayMap(x -> if(x % 10 = 0, 1801 + intDiv(x, 10) % 600, intDiv(x, 10) % 60), draws)) AS ticks,
        arrayZip(ticks, arrayMap(x -> (x % 1000003) / 1000, draws)) AS events
    FROM numbers({keys})
)
ARRAY JOIN events AS event;

OPTIMIZE TABLE events FINAL;

-- One key with {hot} events among others, of the same steps.
CREATE TABLE skewed (key UInt64, ts DateTime('UTC'), value Float64)
ENGINE = MergeTree ORDER BY (key, ts);

INSERT INTO skewed SELECT * FROM events WHERE key < {keys} * 4 / 5 AND key != 1000;

INSERT INTO skewed
SELECT 1000, toDateTime(1000000000 + tick, 'UTC'), value
FROM
(
    SELECT arrayMap(i -> cityHash64(-1, i), range({hot})) AS draws,
        arrayCumSum(arrayMap(x -> if(x % 10 = 0, 1801 + intDiv(x, 10) % 600, intDiv(x, 10) % 60), draws)) AS ticks,
        arrayMap(x -> (x % 1000003) / 1000, draws) AS values
)
ARRAY JOIN ticks AS tick, values AS value;

OPTIMIZE TABLE skewed FINAL;

-- Salted partials of three metrics, eight to a key: the input of a second aggregation.
CREATE TABLE partials
(
    key UInt64,
    a Tuple(n UInt64, mean Float64, m2 Float64),
    b Tuple(n UInt64, mean Float64, m2 Float64),
    c Tuple(n UInt64, mean Float64, m2 Float64)
)
ENGINE = MergeTree ORDER BY key;

INSERT INTO partials
SELECT intDiv(number, 8),
    (2 + cityHash64(number) % 1000, (cityHash64(number, 1) % 1000003) / 1000, (cityHash64(number, 2) % 1000003) / 10),
    (2 + cityHash64(number) % 1000, (cityHash64(number, 3) % 1000003) / 1000, (cityHash64(number, 4) % 1000003) / 10),
    (2 + cityHash64(number) % 1000, (cityHash64(number, 5) % 1000003) / 1000, (cityHash64(number, 6) % 1000003) / 10)
FROM numbers({partials});

OPTIMIZE TABLE partials FINAL;

-- The same as ClickHouse's own states.
CREATE TABLE partial_states
(
    key UInt64,
    a AggregateFunction(varSampStable, Float64),
    b AggregateFunction(varSampStable, Float64),
    c AggregateFunction(varSampStable, Float64)
)
ENGINE = MergeTree ORDER BY key;

INSERT INTO partial_states
SELECT key, welfordToAggregate(a), welfordToAggregate(b), welfordToAggregate(c) FROM partials;

OPTIMIZE TABLE partial_states FINAL;
