-- Periods by the day on which they begin: x from 44 to 1030, y from 10 down to 180.
CREATE TEMPORARY TABLE per_day AS
SELECT toDate(first) AS day, count() AS n FROM period GROUP BY day;

CREATE TEMPORARY TABLE day_axis AS
SELECT axisStep(max(n)) AS step, ceil(max(n) / step) AS n_steps, 170 / (step * n_steps) AS per_period,
    (SELECT toDate(first) FROM extent) AS first_day, (SELECT toDate(last) FROM extent) - first_day + 1 AS n_days, least(986 / n_days, 60) AS width
FROM per_day;

SELECT concat('<section class="wide">\n<h2>Periods per day</h2>\n<p>By the day (UTC) on which they begin; the most on ',
    toString(argMax(day, n)), ': ', grouped(max(n)), '</p>\n<svg viewBox="0 0 1040 210" role="img" aria-label="periods per day">')
FROM per_day;

SELECT concat('<line class="grid" x1="44" x2="1030" y1="', px(y), '" y2="', px(y), '"/>',
    '<text class="end" x="38" y="', px(y + 4), '">', shortened(toUInt64(i * step)), '</text>')
FROM (SELECT step, arrayJoin(range(toUInt64(n_steps) + 1)) AS i, 180 - 170 * i / n_steps AS y FROM day_axis);

SELECT concat('<rect class="bar" x="', px(44 + (day - first_day + 0.1) * width), '" width="', px(greatest(0.8 * width, 0.6)),
    '" y="', px(180 - n * per_period), '" height="', px(n * per_period), '"><title>', toString(day), ': ', grouped(n), '</title></rect>')
FROM per_day, day_axis
ORDER BY day;

-- The timeline's ticks, if those are days.
SELECT concat('<text class="middle" x="', px(44 + (toDate(t) - first_day + if(n_days < 60, 0.5, 0)) * width), '" y="198">',
    if(n_days < 60, formatDateTime(t, '%e %b'), label), '</text>')
FROM (SELECT t, label FROM tick UNION DISTINCT SELECT toDateTime(first_day, 'UTC'), '' FROM day_axis WHERE n_days < 6) AS ticks, day_axis
WHERE t = toStartOfDay(t)
ORDER BY t;

SELECT '</svg>\n</section>\n</main>\n</body>\n</html>';
