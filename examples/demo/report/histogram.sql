-- A distribution over a logarithmic axis: x from 44 to 500, y from 24 down to 224.
SELECT if('{chart}' = 'gaps',
    (SELECT concat('<section>\n<h2>Gaps between a key''s events</h2>\n<p><span class="key bar"></span>begin a period: ',
        grouped(sum(n_marked)), ' <span class="key rest"></span>within one: ', grouped(sum(n_rest)), '</p>') FROM bin WHERE chart = 'gaps'),
    (SELECT concat('<section>\n<h2>Lengths of the periods</h2>\n<p>From first to last event; at a single moment: ', grouped(countIf(seconds = 0)), '</p>') FROM period));

SELECT '<svg viewBox="0 0 510 262" role="img" aria-label="{chart}">';

SELECT concat('<line class="grid" x1="44" x2="500" y1="', px(y), '" y2="', px(y), '"/>',
    '<text class="end" x="38" y="', px(y + 4), '">', shortened(toUInt64(i * step)), '</text>')
FROM (SELECT step, arrayJoin(range(toUInt64(n_steps) + 1)) AS i, 224 - 200 * i / n_steps AS y FROM axis WHERE chart = '{chart}');

-- The bar of 0 may be cut off; then its count stands over it.
WITH
    44.5 + (from_half + 3.5) * per_half AS x,
    (to_half - from_half) * per_half - 1 AS width,
    n_marked + n_rest AS n,
    least(200, n * per_count) AS height,
    height * n_rest / n AS rest_height
SELECT concat('<g><title>', if(lowest = highest, duration(lowest), concat(duration(lowest), ' to ', duration(highest))), ': ', grouped(n), '</title>',
    '<rect class="rest" x="', px(x), '" width="', px(width), '" y="', px(224 - rest_height), '" height="', px(rest_height), '"/>',
    '<rect class="bar" x="', px(x), '" width="', px(width), '" y="', px(224 - height), '" height="', px(height - rest_height), '"/></g>',
    if(n * per_count <= 200, '', concat('<path class="cut" d="M', px(x - 2), ' 42l', px(width + 4), ' -6"/>',
        '<text class="name" x="', px(x), '" y="18">', grouped(n), '</text>')))
FROM bin
INNER JOIN axis USING (chart)
WHERE chart = '{chart}'
ORDER BY from_half;

SELECT concat('<text class="middle" x="', px(44 + (if(seconds = 0, -2.5, 2 * log2(seconds)) + 3.5) * per_half), '" y="242">', label, '</text>')
FROM VALUES('seconds UInt32, label String', (0, '0'), (1, '1 s'), (10, '10 s'), (60, '1 min'), (600, '10 min'), (3600, '1 h'),
    (21600, '6 h'), (86400, '1 d'), (604800, '7 d'), (2592000, '30 d'), (31536000, '1 y'), (315360000, '10 y')) AS labels, axis
WHERE chart = '{chart}' AND (2 * log2(greatest(1, seconds)) + 4.5) * per_half < 456;

WITH 44 + if({gap} = 0, 2.5, 2 * log2(greatest(1, {gap})) + 3.5) * per_half AS x
SELECT concat('<line class="mark" x1="', px(x), '" x2="', px(x), '" y1="6" y2="224"/>',
    '<text class="mark-label ', if(x > 380, 'end', ''), '" x="', px(x + if(x > 380, -6, 6)), '" y="14">the gap: ', duration({gap}), '</text>')
FROM axis
WHERE chart = '{chart}' AND chart = 'gaps';

SELECT '</svg>\n</section>';
