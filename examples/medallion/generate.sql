-- Detections to try it on, as the lines that parsers send: the same lines for the same parameters on every machine.
--   rows lines from number first on, over days days from first_day on, by this many users, sites and advertisers; seed
-- A tenth of a domain's placements has no campaign; campaigns and domains fall off by a power law. A creative comes in up to four
-- images, which differ in a bit or two.

-- step: programmatic
WITH
    {seed:UInt64} AS seed,
    (purpose -> sipHash64(seed, number, purpose) / 18446744073709551616.) AS u,
    reinterpretAsUUID(sipHash128(seed, number, 'programmatic')) AS id,
    -- A visit: eight rows, two on a page, of one user on one site.
    intDiv(number, 8) AS visit,
    (purpose -> sipHash64(seed, visit, purpose) / 18446744073709551616.) AS of_visit,
    toDateTime({first_day:Date}, 'UTC') + toUInt32(86400 * {days:UInt32} * of_visit('time')) + 40 * (number % 8) + toUInt32(40 * u('time')) AS time,
    1 + toUInt32({users:UInt32} * pow(of_visit('user'), 1.5)) AS user,
    1 + toUInt32({sites:UInt32} * pow(of_visit('site'), 2)) AS site,
    1 + toUInt32({advertisers:UInt32} * pow(if(u('same') < 0.1, of_visit('advertiser'), u('advertiser')), 2)) AS advertiser,
    toUInt32(12 * pow(u('campaign'), 2)) AS campaign,
    toUInt32(8 * u('creative')) AS creative,
    bitXor(sipHash64(seed, advertiser, creative, 'image'), transform(toUInt8(8 * u('variant')), [5, 6, 7], [1, 4096, 4294967298], 0)) AS image,
    concat('https://www.shop', toString(advertiser), '.example/p', toString(creative),
        if(u('tagged') < 0.1, '', concat('?utm_source=', ['net', 'dsp', 'exchange'][1 + toUInt8(3 * u('source'))], '&utm_medium=banner&utm_campaign=c%20',
            toString(campaign)))) AS target,
    concat('https://click', toString(1 + toUInt8(3 * u('hop'))), '.example/r?id=', toString(number), '&adurl=', encodeURLComponent(target)) AS one_hop,
    multiIf(u('hops') < 0.3, target, u('hops') < 0.8, one_hop, concat('https://track.example/?adurl=', encodeURLComponent(one_hop))) AS click_url,
    ['300x250', '728x90', '160x600', '970x250', '300x600', '320x50', '999x111'][1 + toUInt8(7 * u('format'))] AS format
SELECT concat(
    '{"raw_id":"', toString(id), '","detection_type":"programmatic","detected_at":"', toString(time),
    '","detector":{"name":"banner-parser","version":"3.', toString(toUInt8(4 * u('version'))), '"}',
    ',"context":{"user":"u', toString(user), '","page_depth":', toString(1 + intDiv(number % 8, 2)),
    ',"top_px":', toString(toInt32(4000 * pow(u('top'), 2) - 50)), '}',
    ',"payload":{"id":"', toString(id), '","exchange":"', ['dblclk_adx', 'context_web', 'openx'][1 + toUInt8(3 * u('exchange'))],
    '","url":"https://', if(u('www') < 0.5, 'www.', ''), 'site', toString(site), '.example/page', toString(toUInt32(100 * u('page'))),
    '","location":{"countryCode":"', ['US', 'CA', 'DE', 'FR'][1 + toUInt8(4 * u('country'))], '"}',
    ',"spots":[{"id":"1","formats":["', format, '"]}]',
    ',"creative":{"id":"', toString(advertiser), '-', toString(creative), '","image_hash":"', lower(hex(image)),
    '","click_url":', toJSONString(click_url), '}}}')
FROM numbers({first:UInt64}, {rows:UInt64})
FORMAT TSVRaw

-- step: search
WITH
    {seed:UInt64} AS seed,
    (purpose -> sipHash64(seed, number, purpose) / 18446744073709551616.) AS u,
    -- A page of ten results, seen by one user.
    intDiv(number, 10) AS page,
    (purpose -> sipHash64(seed, page, 'page', purpose) / 18446744073709551616.) AS of_page,
    toDateTime({first_day:Date}, 'UTC') + toUInt32(86400 * {days:UInt32} * of_page('time')) AS time,
    1 + toUInt32({advertisers:UInt32} * pow(u('advertiser'), 2)) AS advertiser
SELECT concat(
    '{"raw_id":"', toString(reinterpretAsUUID(sipHash128(seed, number, 'search'))), '","detection_type":"search","detected_at":"', toString(time),
    '","detector":{"name":"search-parser","region":"', ['north', 'south'][1 + toUInt8(2 * of_page('region'))], '"}',
    ',"context":{"user":"u', toString(1 + toUInt32({users:UInt32} * pow(of_page('user'), 1.5))), '"}',
    ',"payload":{"url":"https://site', toString(1 + toUInt32({sites:UInt32} * pow(of_page('site'), 2))), '.example/search","query":"buy thing ',
    toString(toUInt32(500 * pow(of_page('query'), 2))), '","position":', toString(1 + number % 10), ',"is_ad":', if(number % 10 < 3, 'true', 'false'),
    ',"title":"Thing of shop ', toString(advertiser), '","target_url":"https://www.shop', toString(advertiser), '.example/thing"}}')
FROM numbers({first:UInt64}, {rows:UInt64})
FORMAT TSVRaw

-- step: marketplace
WITH
    {seed:UInt64} AS seed,
    (purpose -> sipHash64(seed, number, purpose) / 18446744073709551616.) AS u,
    -- A shelf of twenty goods, seen by one user.
    intDiv(number, 20) AS page,
    (purpose -> sipHash64(seed, page, 'shelf', purpose) / 18446744073709551616.) AS of_page,
    toDateTime({first_day:Date}, 'UTC') + toUInt32(86400 * {days:UInt32} * of_page('time')) AS time,
    1 + toUInt32({advertisers:UInt32} * pow(u('advertiser'), 2)) AS advertiser,
    round(5 + 500 * pow(u('price'), 3), 2) AS price
SELECT concat(
    '{"raw_id":"', toString(reinterpretAsUUID(sipHash128(seed, number, 'marketplace'))), '","detection_type":"marketplace","detected_at":"', toString(time),
    '","detector":{"name":"shelf-parser"}',
    ',"context":{"user":"u', toString(1 + toUInt32({users:UInt32} * pow(of_page('user'), 1.5))), '"}',
    ',"payload":{"url":"https://site', toString(1 + toUInt32({sites:UInt32} * pow(of_page('site'), 2))), '.example/c","shelf":"shelf ',
    toString(toUInt32(40 * of_page('shelf'))), '","position":', toString(1 + number % 20), ',"sku":"S', toString(toUInt32(5000 * pow(u('sku'), 2))),
    '","price":', toString(price), if(u('sale') < 0.3, concat(',"old_price":"', toString(round(1.25 * price, 2)), '"'), ''),
    ',"seller":{"url":"https://shop', toString(advertiser), '.example/","rating":', toString(toUInt8(1 + 5 * u('rating'))), '}}}')
FROM numbers({first:UInt64}, {rows:UInt64})
FORMAT TSVRaw

-- step: real
-- Real bid requests of an exchange, a JSON object per line of the file real.jsonl, as detections. The parts of their ids lack leading zeros.
SELECT concat('{"raw_id":"', arrayStringConcat(arrayMap((part, width) -> leftPad(part, width, '0'), splitByChar('-', JSONExtractString(line, 'id')), [8, 4, 4, 4, 12]), '-'),
    '","detection_type":"programmatic","detected_at":"',
    toString(toDateTime(toUInt32(JSONExtractFloat(line, 'timestamp')), 'UTC')), '","detector":{"name":"bid-log"},"context":{},"payload":', line, '}')
FROM file('real.jsonl', LineAsString, 'line String')
FORMAT TSVRaw
