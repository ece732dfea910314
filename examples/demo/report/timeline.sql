-- The keys with most periods, a row each: names from x = 0, time from 160 to 990, the number of periods after it.
CREATE TEMPORARY TABLE busiest AS
SELECT user, sum(events) AS n_events, count() AS n_periods, row_number() OVER (ORDER BY n_periods DESC, n_events DESC, user) AS place
FROM period
GROUP BY user
ORDER BY place
LIMIT 15;

SELECT concat('<section class="wide">\n<h2>Periods of the busiest keys</h2>\n<p>One row per key, one block per period; the number of periods on the right.</p>\n',
    '<svg viewBox="0 0 1040 ', toString(22 * count() + 28), '" role="img" aria-label="periods of the busiest keys">')
FROM busiest;

WITH (SELECT (first, seconds) FROM extent) AS extent, 160 + 830 * (t - extent.1) / extent.2 AS x, (SELECT 22 * count() FROM busiest) AS bottom
SELECT concat('<line class="grid" x1="', px(x), '" x2="', px(x), '" y1="0" y2="', toString(bottom + 4), '"/>',
    '<text class="middle" x="', px(least(x, 1010)), '" y="', toString(bottom + 20), '">', label, '</text>')
FROM tick
ORDER BY t;

SELECT concat('<text class="name" x="0" y="', toString(22 * place - 6), '">',
    encodeXMLComponent(if(lengthUTF8(user) > 20, concat(substringUTF8(user, 1, 19), '…'), user)),
    '<title>', encodeXMLComponent(user), '</title></text>',
    '<text class="end" x="1036" y="', toString(22 * place - 6), '">', grouped(n_periods), '</text>')
FROM busiest
ORDER BY place;

-- Periods that begin at the same tenth of a unit are one block, with the longest one's title.
WITH (SELECT (first, seconds) FROM extent) AS extent
SELECT concat('<rect class="bar" rx="1" x="', px(x), '" y="', toString(22 * place - 18), '" width="', px(greatest(1.4, max(830 * seconds / extent.2))),
    '" height="16"><title>', argMax(concat(toString(first), ' to ', toString(last), ', ', grouped(events), if(events = 1, ' event', ' events')), seconds), '</title></rect>')
FROM period
INNER JOIN busiest USING (user)
GROUP BY place, round(160 + 830 * (first - extent.1) / extent.2, 1) AS x
ORDER BY place, x;

SELECT '</svg>\n</section>';
