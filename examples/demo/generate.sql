-- A skewed ad log: 1 000 000 events of 20 000 users on 60 hosts over four weeks, the same in every
-- run. Everything follows from the row's number through hashes; the rows come in no order of time.
INSERT INTO events
WITH
    sipHash64(number, 1) / pow(2, 64) AS u,
    toUInt32(20000 * pow(u, 4)) AS user_number,                             -- few users, many events
    sipHash64(number, 2) % (3 + intDiv(400, 1 + user_number)) AS visit,     -- which of her visits
    sipHash64(user_number, visit, 3) % (28 * 86400) AS visit_start,
    toUInt32(-240 * log(1 - (sipHash64(number, 4) % 999983) / 999983.)) AS seconds_into_visit
SELECT
    concat('user-', toString(user_number)) AS user,
    toDateTime('2026-03-02 00:00:00', 'UTC') + visit_start + seconds_into_visit AS ts,
    concat('host-', toString(toUInt32(60 * pow(sipHash64(number, 5) / pow(2, 64), 2)))) AS host,
    round(exp(3 + 1.2 * sin(sipHash64(number, 6) % 6283 / 1000.)), 3) AS value
FROM numbers(1000000);
