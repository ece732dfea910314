-- Raw events to try the mart on: the same rows for the same parameters on every machine.
--   days from first_day on, rows bids a day, seed, hot: how much of them one host holds
-- One user holds 1 %; the others fall off by a power law. 70 % of the
-- bids have a preclick; of those 10 % have a second, later row that counts in the first one's place,
-- and 3 % arrived days late. Of the values, 1 % of ctr are NULL and 0.1 % infinite or NaN, 2 % of
-- page_depth are 0.

INSERT INTO rtb.meta_v8
WITH
    {seed:UInt64} AS seed,
    {first_day:Date} + toUInt32(intDiv(number, {rows:UInt64})) AS day,
    -- Uniform in [0, 1), one independent number per purpose.
    (purpose -> sipHash64(seed, number, day, purpose) / 18446744073709551616.) AS u,
    toUInt64(greatest(10, {rows:UInt64} / 2)) AS n_users,
    toUInt64(greatest(10, {rows:UInt64} / 50)) AS n_hosts,
    if(u(1) < 0.01, 0, 1 + toUInt64(n_users * pow(u(2), 1.5))) AS user_rank,
    if(u(3) < {hot:Float64}, 0, 1 + toUInt64(n_hosts * pow(u(4), 2))) AS host_rank,
    sipHash64(seed, user_rank, if(u(5) < 0.9, 0, 1)) AS ip
SELECT
    toDate(event_time) AS event_date,
    toDateTime(toDateTime(day, 'Europe/Moscow') + toUInt32(86400 * u(6)), 'UTC') AS event_time,
    lower(hex(sipHash64(seed, number, day, 'bid'))) AS bid_id,
    1 + toUInt16(8 * u(7)) AS ssp_id,
    1 + toUInt16(4 * u(8)) AS dsp_id,
    -- Below 2^63, so that systems without unsigned numbers can read it.
    intDiv(sipHash64(seed, 'user', user_rank), 2) AS user_id,
    1 + toUInt32(3 * u(9)) AS imp_id,
    if(u(10) < 0.5, 'web', 'app') AS imp_id_source,
    concat('site', toString(host_rank), '.example') AS host,
    concat('10.', toString(ip % 256), '.', toString(intDiv(ip, 256) % 256), '.', toString(intDiv(ip, 65536) % 256)) AS device_ip,
    multiIf(u(11) < 0.01, NULL, u(11) < 0.0105, inf, u(11) < 0.011, nan, pow(u(12), 3)) AS ctr,
    if(u(13) < 0.05, NULL, -3 * log(1 - u(14))) AS time_show_to_view
FROM numbers({days:UInt64} * {rows:UInt64});

INSERT INTO rtb.yandex_preclick
WITH
    {seed:UInt64} AS seed,
    (purpose -> sipHash64(seed, bid_id, copy, purpose) / 18446744073709551616.) AS u
SELECT
    event_date,
    event_time,
    bid_id AS resp_bid_id,
    ssp_id,
    dsp_id,
    user_id,
    imp_id,
    imp_id_source,
    event_time + toIntervalMillisecond(toUInt32(600000 * (copy + u(1))) + if(u(2) < 0.03, 86400000 * (1 + toUInt32(3 * u(3))), 0)) AS received_at,
    if(u(4) < 0.02, 0, 1 + toUInt32(10 * pow(u(5), 2))) AS page_depth,
    if(u(6) < 0.03, NULL, -60 * log(1 - u(7))) AS avg_visit_duration
FROM rtb.meta_v8
-- Two copies of one bid in ten, one of the others.
ARRAY JOIN range(if(sipHash64(seed, bid_id, 'copies') % 10 = 0, 2, 1)) AS copy
WHERE event_time >= toDateTime({first_day:Date}, 'Europe/Moscow')
  AND event_time < toDateTime({first_day:Date} + {days:UInt64}, 'Europe/Moscow')
  AND sipHash64(seed, bid_id, 'clicked') % 10 < 7;
