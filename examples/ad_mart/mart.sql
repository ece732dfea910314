-- Days of the marts from raw rows. The script ad_mart runs these steps by name, one after the other, in
-- a database of the run's own: names without a database are tables of that run, nobody else reads
-- them. {days:Array(Date)} are days of the run, in Moscow. periods.sql adds the period columns.

-- step: begin
-- Bids with what followed the click. A metric is NaN unless it is a finite number: without a column that
-- says which values are NULL, sorts move a fifth less. Sorted for the users and the finest grain; never
-- merged, for it does not live long enough, and in compact parts, which are written in less time.
CREATE TABLE days (date Date) ENGINE = MergeTree ORDER BY date AS SELECT arrayJoin({days});
CREATE TABLE events (user_id UInt64, host String, device_ip String, date Date [[metric: , {metric} Float64]])
ENGINE = MergeTree ORDER BY (user_id, host, device_ip, date)
SETTINGS max_bytes_to_merge_at_max_space_in_pool = 1, min_bytes_for_wide_part = 1000000000000;
-- The new rows, as the marts will hold them.
[[mart: CREATE TABLE new_{mart} AS marts.{table};
]]

-- step: batches
-- The days in batches of at most four million bids, or of one day.
SELECT groupArray(date), sum(rows)
FROM
(
    SELECT date, rows, intDiv(sum(rows) OVER (ORDER BY date) - 1, 4000000) AS batch
    FROM
    (
        SELECT toDate(event_time, 'Europe/Moscow') AS date, count() AS rows
        FROM rtb.meta_v8
        WHERE {of_days}
        GROUP BY date
    )
)
GROUP BY batch
ORDER BY batch

-- step: slices
-- A batch in slices of about two million bids, by the time, which is in the join's key: the memory of the
-- join does not grow with the day.
TRUNCATE TABLE events;
SELECT toUnixTimestamp(min(minute)), toUnixTimestamp(max(minute)) + 59
FROM
(
    SELECT minute, intDiv(sum(rows) OVER (ORDER BY minute) - rows, 2000000) AS slice
    FROM (SELECT toStartOfMinute(event_time) AS minute, count() AS rows FROM rtb.meta_v8 WHERE {of_days} GROUP BY minute)
)
GROUP BY slice
ORDER BY slice

-- step: join
-- The join's key, eight columns, goes as its hash of 128 bits. Of the preclicks of one key the latest
-- counts; among rows of the same instant the one of larger values, so that a second run takes the
-- same row. They are sorted by the time first, since they are stored in its order.
INSERT INTO events
SELECT * FROM {from}
    SELECT
        meta.user_id AS user_id,
        CAST(meta.host, 'String') AS host,
        meta.device_ip AS device_ip,
        toDate(meta.event_time, 'Europe/Moscow') AS date
        [[metric: , ifNull(if(isFinite({value}), {value}, NULL), nan) AS {metric}]]
    FROM
    (
        SELECT *, xxh3_128(event_date, event_time, bid_id, ssp_id, dsp_id, user_id, imp_id, imp_id_source) AS key
        FROM {raw}.meta_v8
        WHERE {slice} AND {of_days}
    ) AS meta
    LEFT JOIN
    (
        SELECT *, xxh3_128(event_date, event_time, resp_bid_id, ssp_id, dsp_id, user_id, imp_id, imp_id_source) AS key
        FROM {raw}.yandex_preclick
        WHERE {slice} AND {around}
        ORDER BY event_date, event_time, key, received_at DESC, ifNull(page_depth, 0) DESC, ifNull(avg_visit_duration, 0) DESC
        LIMIT 1 BY event_date, event_time, key
    ) AS preclick
    ON meta.key = preclick.key
{to}

-- step: counts
-- The join must neither lose nor multiply a bid: the run stops where the two numbers of a day differ.
SELECT concat(toString(date), ': the join changed the number of rows: expected the ', toString(meta.rows), ' rows of rtb.meta_v8, found ',
    toString(joined.rows), '; a key of the preclicks occurs more than once')
FROM (SELECT toDate(event_time, 'Europe/Moscow') AS date, count() AS rows FROM rtb.meta_v8 WHERE {of_days} GROUP BY date) AS meta
FULL JOIN (SELECT date, count() AS rows FROM events GROUP BY date) AS joined USING (date)
WHERE meta.rows != joined.rows
ORDER BY date
LIMIT 1

-- step: salts
-- The salt plan: keys with a million rows of a day or more, and into how many parts their rows are
-- spread, half as many again as they have millions. First by a hash of a few bits, which is cheap.
CREATE OR REPLACE TABLE salts_{entity} ENGINE = MergeTree ORDER BY ({name}, date) AS
SELECT {name}, date, {salts} AS salts
FROM events
WHERE (date, xxh3({name}) % 4096) IN (SELECT date, xxh3({name}) % 4096 AS part FROM events GROUP BY date, part HAVING count() >= {hot_rows})
GROUP BY {name}, date
HAVING count() >= {hot_rows};
SELECT arrayStringConcat(groupArray(format('; salts: {entity} {} {}', toString({name}), salts)))
FROM (SELECT {name}, salts FROM salts_{entity} ORDER BY salts DESC, {name} LIMIT 10)

-- step: aggregate
-- Sorted rows in, one row per key out: the moments are exact sums, rounded once, so the same bits
-- whatever the order and the threads were. A period's columns are those of a day that stands alone. The
-- settings keep the memory of a larger day in bounds; the bytes count where the ratio, 0.5 by default, is 0.
INSERT INTO new_{mart} ({columns}, date, daily_events
    , activity /* of {entity} */
    [[metric: , daily_{metric}]]
    , {periods}
    )
SELECT {columns}, date, daily_events
    , {entity}_activity AS activity
    [[metric: , daily_{metric}]]
    , xxh3(concat(reinterpretAsFixedString({key}), reinterpretAsFixedString(toInt64(date)))) AS {name}_period_id
    , daily_events AS {name}_period_length, 1 AS {name}_is_first_in_period, toUInt64(1) AS {name}_unique_period_length
FROM executable(
    'merge_partials --keys {n_keys} --op daily_events=count() [[metric: --op daily_{metric}=exact({metric})]] \
        --op {entity}_activity=activity(day) \
    ',
    Native,
    '{types}, date Date, daily_events UInt64 [[metric: , daily_{metric} Tuple(n UInt64, mean Float64, m2 Float64)]] \
        , {entity}_activity String \
    ',
    (
        SELECT {columns}, date [[metric: , if(isNaN({metric}), NULL, {metric}) AS {metric}]]
            , date AS day /* {entity} */
        FROM events
        WHERE {not_salted}
        ORDER BY {columns}, date
    ),
    {strict})
SETTINGS max_bytes_before_external_sort = 400000000, max_bytes_ratio_before_external_sort = 0, min_insert_block_size_rows = 500000

-- step: aggregate_salted
-- The keys of the salt plan, first per salt by all threads, then per key.
INSERT INTO new_{mart} ({columns}, date, daily_events [[metric: , daily_{metric}]], activity, {periods})
SELECT {columns}, date, sum(part.events) AS events [[metric: , exactMoments(exactMerge(groupArray(part.{metric})))]]
    , activityMerge(groupArray(part.activity))
    , xxh3(concat(reinterpretAsFixedString({key}), reinterpretAsFixedString(toInt64(date)))), events, 1, 1
FROM
(
    SELECT {name}, date, count() AS events, activityState(groupArray(date)) AS activity
        [[metric: , exactState(groupArrayIf({metric}, NOT isNaN({metric}))) AS {metric}]]
    FROM events
    JOIN salts_{entity} USING (date, {name})
    GROUP BY {name}, date, saltOf(rowNumberInAllBlocks(), salts)
) AS part
GROUP BY {columns}, date

-- step: missing
-- What the server lacks.
SELECT concat('the table ', name, ' is missing: create it, or run ad_mart schema')
FROM (SELECT arrayJoin([ [[mart: 'marts.{table}',]] 'marts.manifest', 'marts.publications', 'rtb.meta_v8', 'rtb.yandex_preclick']) AS name)
WHERE name NOT IN (SELECT concat(database, '.', name) FROM system.tables)
UNION ALL
SELECT concat('the server has no function ', name, ': install the plugin set on it')
FROM (SELECT arrayJoin(['exactState', 'exactMerge', 'exactMoments', 'activityState', 'activityMerge', 'saltOf', 'saltCount']) AS name)
WHERE name NOT IN (SELECT name FROM system.functions)
LIMIT 1

-- step: no_rows
-- A day without rows is never published: it would take the place of the one that is there.
SELECT concat(toString(day), ' is ', if(day BETWEEN first AND last, 'empty', 'unknown'), ': rtb.meta_v8 has rows from ',
    toString(first), ' to ', toString(last), ', and none of that day')
FROM (SELECT arrayJoin({days}) AS day) AS asked, (SELECT min(event_date) AS first, max(event_date) AS last FROM rtb.meta_v8) AS range
WHERE day NOT IN (SELECT toDate(event_time, 'Europe/Moscow') FROM rtb.meta_v8 WHERE {of_days})
ORDER BY day
LIMIT 1

-- step: days_of_month
-- The days of the month {month:UInt32} that have raw rows; with {resume:UInt8} none where the manifest has them all.
WITH YYYYMMDDToDate({month:UInt32} * 100 + 1) AS first_day
SELECT arraySort(groupUniqArray(toDate(event_time, 'Europe/Moscow'))) AS found
FROM rtb.meta_v8
WHERE event_date BETWEEN first_day - 1 AND addMonths(first_day, 1) AND toYYYYMM(toDate(event_time, 'Europe/Moscow')) = {month:UInt32}
HAVING NOT ({resume:UInt8} AND hasAll((SELECT groupArray(date)
    FROM (SELECT date FROM marts.manifest GROUP BY date HAVING argMax(status, processed_at) = 'success')), found))
