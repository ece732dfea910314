CREATE DATABASE shop;
CREATE TABLE shop.events (user LowCardinality(String), ts DateTime('UTC'), page String, seconds Nullable(Float64), id UInt64, mark FixedString(16), loaded DateTime DEFAULT now())
ENGINE = MergeTree ORDER BY (user, ts);
INSERT INTO shop.events (user, ts, page, seconds, id, mark)
SELECT concat('u', toString(number % 50)), toDateTime('2026-01-20 00:00:00', 'UTC') + number * 397, '/', if(number % 7 = 0, NULL, number / 3), number, 'x'
FROM numbers(16000);
CREATE TABLE shop.odd (`the user` String, `it's` UInt8, ts DateTime64(3, 'UTC'), `a``b` Float64, `back\\slash` Int32, `null` Nullable(Float32), `re"start` UInt8, gone UInt8 EPHEMERAL)
ENGINE = MergeTree ORDER BY ts;
INSERT INTO shop.odd SELECT toString(number % 3), number % 2, number * 400, number / 7, number, number, number % 10 = 0 FROM numbers(60);
CREATE TABLE shop.huge (user String, ts DateTime, amount Int64) ENGINE = MergeTree ORDER BY (user, ts);
INSERT INTO shop.huge SELECT 'ann', number, 9223372036854775807 FROM numbers(2);
CREATE TABLE shop.changed (month UInt32) ENGINE = MergeTree ORDER BY month;
CREATE TABLE shop.runs (run UInt32) ENGINE = MergeTree ORDER BY run;
INSERT INTO shop.runs VALUES (1);
CREATE VIEW shop.shape AS SELECT toDate('2026-01-01') + number AS day, 1 AS a FROM numbers(3);
