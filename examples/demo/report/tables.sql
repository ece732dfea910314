-- What the charts draw, and how they write numbers. Every statement of these files that selects prints
-- lines of the page.
CREATE OR REPLACE FUNCTION grouped AS (number) ->
    replaceAll(trimLeft(reverse(replaceRegexpAll(reverse(toString(number)), '(\\d{3})', '\\1 '))), ' ', '\xC2\xA0');
CREATE OR REPLACE FUNCTION shortened AS (number) -> multiIf(
    number >= 1e9, concat(toString(number / 1e9), ' G'), number >= 1e6, concat(toString(number / 1e6), ' M'),
    number >= 1e3, concat(toString(number / 1e3), ' k'), toString(number));
CREATE OR REPLACE FUNCTION duration AS (seconds) -> multiIf(
    seconds < 60, concat(toString(seconds), ' s'),
    seconds < 3600, concat(toString(round(seconds / 60, 1)), ' min'),
    seconds < 86400, concat(toString(round(seconds / 3600, 1)), ' h'),
    concat(toString(round(seconds / 86400, 1)), ' d'));
-- A step of 1, 2 or 5 times a power of ten that divides a count's axis into two to five parts.
CREATE OR REPLACE FUNCTION axisStep AS (highest) -> greatest(1,
    arrayFirst(step -> highest <= 5 * step, arrayMap(i -> arrayElement([1, 2, 5], i % 3 + 1) * exp10(intDiv(i, 3)), range(60))));
CREATE OR REPLACE FUNCTION px AS (x) -> toString(round(x, 1));

CREATE TEMPORARY TABLE period AS
SELECT user, toDateTime(p.first_tick, 'UTC') AS first, toDateTime(p.last_tick, 'UTC') AS last,
    p.last_tick - p.first_tick AS seconds, p.length AS events
FROM (SELECT user, periods(xxh3(user), groupArray(ts), {gap}, 0) AS list FROM events GROUP BY user)
ARRAY JOIN list AS p;

-- The whole log's time, at least a minute of it, and its ticks.
CREATE TEMPORARY TABLE extent AS
SELECT min(ts) AS first, greatest(max(ts), first + 60) AS last, last - first AS seconds FROM events;

CREATE TEMPORARY TABLE tick AS
WITH
    (SELECT (first, last, seconds) FROM extent) AS extent,
    arrayFirst(step -> extent.3 <= if(step < 86400, 9, 14) * step, [10, 60, 300, 900, 3600, 10800, 21600, 43200, 86400, 172800, 604800, 0]) AS step,
    arrayFirst(months -> extent.3 <= 9 * months * 2629746, [1, 2, 3, 6, 12, 24, 60, 120]) AS months
SELECT arrayJoin(if(step > 0,
        arrayMap(i -> toDateTime((intDivOrZero(toUnixTimestamp(extent.1) - 345600, step) + i) * step + 345600, 'UTC'), range(1, 16)),
        arrayMap(i -> toDateTime(toStartOfInterval(toDate(extent.1), INTERVAL 1 YEAR) + toIntervalMonth(i * months), 'UTC'), range(0, 25)))) AS t,
    formatDateTime(t, multiIf(step = 0, '%b %Y', step >= 86400, '%e %b', step >= 3600, '%e %b %H:%i', '%H:%i:%S')) AS label
WHERE t BETWEEN extent.1 AND extent.2;

-- Two bins per doubling; a distance of 0 has its own, from -3 to -2. A bin's place is in halves of
-- a doubling; below 2 there is one whole number only, so that bin is two halves wide.
CREATE TEMPORARY TABLE bin AS
SELECT chart, from_half, from_half + if(from_half = 0, 2, 1) AS to_half,
    countIf(marked) AS n_marked, count() - n_marked AS n_rest, min(seconds) AS lowest, max(seconds) AS highest
FROM
(
    SELECT 'gaps' AS chart, seconds, seconds > {gap} AS marked
    FROM
    (
        SELECT arrayJoin(arrayPopFront(arrayDifference(arraySort(groupArray(toInt64(ts)))))) AS seconds
        FROM events
        GROUP BY user
    )
    UNION ALL
    SELECT 'lengths', seconds, 1 FROM period
)
GROUP BY chart, if(seconds = 0, -3, toInt32(floor(2 * log2(seconds) + 1e-9))) AS from_half;

-- The two distributions' axes: the step and the number of steps of the counts, which are those of the
-- distances above 0, because 0 is often far ahead of all; and the width of half a doubling. The gap is
-- always on its chart.
CREATE TEMPORARY TABLE axis AS
SELECT chart, axisStep(highest) AS step, greatest(1, ceil(highest / step)) AS n_steps, 200 / (step * n_steps) AS per_count, 456 / (last_half + 4) AS per_half
FROM
(
    SELECT chart, maxIf(n_marked + n_rest, from_half >= 0 OR n_bins = 1) AS highest,
        greatest(14, toFloat64(max(to_half)), if(chart = 'gaps', 2 * log2(greatest(1, {gap})) + 1, 0)) AS last_half
    FROM (SELECT arrayJoin(['gaps', 'lengths']) AS chart) AS charts
    LEFT JOIN (SELECT *, count() OVER (PARTITION BY chart) AS n_bins FROM bin) AS bin USING (chart)
    GROUP BY chart
);
