-- How a text becomes a time. Not by parseDateTimeBestEffort alone: it takes a clock without a date, a
-- year that is missing or 0000 and 25:00 for some other time, and swaps day and month from row to row
-- where only one order makes sense.

-- 02.03.2026, 02.03.26, 02/03/2026 and 02-03-2026 with the year first. Dots always mean day.month.
CREATE OR REPLACE FUNCTION yearFirst AS (text, month_first) -> if(match(text, '^\\d{1,2}[./-]\\d{1,2}[./-]'),
    replaceRegexpOne(
        replaceRegexpOne(
            replaceRegexpOne(text, '^(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4}\\b)', '\\3-\\2-\\1'),
            '^(\\d{1,2})\\.(\\d{1,2})\\.(\\d{2}\\b)', '20\\3-\\2-\\1'),
        '^(\\d{1,2})[/-](\\d{1,2})[/-](\\d{4}\\b)', if(month_first, '\\3-\\1-\\2', '\\3-\\2-\\1')),
    text);

-- With a year of four digits, by numbers (2026-03-02, 20260302) or with the month's name.
CREATE OR REPLACE FUNCTION isDate AS (text) -> match(text, concat(
    '^([1-9]\\d{3}[-/.](0?[1-9]|1[0-2])[-/.](0?[1-9]|[12]\\d|3[01])([T ]|$)',
    '|[1-9]\\d{3}(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])([T ]|\\d{6}$|$)',
    '|[A-Za-z0-9, -]*[A-Za-z]{3}[A-Za-z0-9, -]*\\b[1-9]\\d{3}\\b)'));

CREATE OR REPLACE FUNCTION isClock AS (text) -> NOT match(text, '[T ](2[4-9]|[3-9]\\d):|:[6-9]\\d');

-- A number is an epoch in seconds, milliseconds, microseconds or nanoseconds by its count of digits
-- (1973 to 2106), except for 20260302 and 20260302100000.
CREATE OR REPLACE FUNCTION epochUnit AS (digits) -> transform(length(digits),
    [9, 10, 12, 13, 15, 16, 18, 19],
    [1, 1, 1000, 1000, 1000000, 1000000, 1000000000, 1000000000], 0);

-- NULL where a DateTime cannot hold the time. The moment 0 counts as none: logs have it where a time is
-- missing.
CREATE OR REPLACE FUNCTION inRange AS (time) -> if(
    time > toDateTime64(0, 3, 'UTC') AND time < toDateTime64('2106-02-07 06:28:15', 3, 'UTC'),
    toDateTime(time, 'UTC'), NULL);

CREATE OR REPLACE FUNCTION readTime AS (text, month_first) -> multiIf(
    match(text, '^\\d{9,19}(\\.\\d*)?$') AND length(extract(text, '^\\d+')) != 14,
    inRange(toDateTime64OrNull(toString(
        intDivOrZero(toInt64OrZero(extract(text, '^\\d+')), epochUnit(extract(text, '^\\d+')))), 3, 'UTC')),
    isDate(yearFirst(text, month_first)) AND isClock(text),
    inRange(parseDateTime64BestEffortOrNull(yearFirst(text, month_first), 3, 'UTC')),
    NULL);
