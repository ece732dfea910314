-- A skewed ad log: 1 000 000 events of 20 000 users on 60 hosts over four weeks, the same in every
-- run. Everything follows from the row's number through hashes. A hundred rows are ten visits of
-- about ten events each; a fifth of the visits goes round all users, the others mostly to a few. Visits
-- are by day more than by night, and the rows come in no order of time.
INSERT INTO events
WITH
    (x -> xxh3(x) / pow(2, 64)) AS uniform,
    intDiv(number, 100) * 10 + toUInt32(10 * pow(uniform((number, 'visit')), 1.5)) AS visit,
    if(visit % 5 = 0, intDiv(visit, 5), toUInt32(20000 * pow(uniform((visit, 'user')), 2))) AS user_number,
    toUInt32(86400 * (0.2 + 0.4 * (uniform((visit, 'hour')) + uniform((visit, 'minute'))))) AS time_of_day,
    least(3600, -600 * log(1 - uniform((visit, 'length')))) AS visit_seconds,
    toUInt32(60 * pow(uniform((number, 'host')), 2)) AS host_number,
    sqrt(-2 * log(1 - uniform((number, 'radius')))) * cos(2 * pi() * uniform((number, 'angle'))) AS normal
SELECT
    concat('user-', toString(user_number)) AS user,
    toDateTime('2026-03-02 00:00:00', 'UTC') + xxh3((visit, 'day')) % 28 * 86400 + time_of_day
        + toUInt32(visit_seconds * uniform((number, 'second'))) AS ts,
    concat('host-', toString(host_number)) AS host,
    if(number % 50 = 7, NULL, round(exp(2 + host_number % 5 / 4 + 0.8 * normal), 3)) AS value
FROM numbers(1000000);
