-- The page: each statement prints its part of it, as it stands there. A chart is a bar per row: a name, a bar of up to 520 points, a
-- number.

SELECT concat('<header>\n<h1>Medallion</h1>\n<p>', toString(now('UTC')), ' UTC. Bronze, silver and gold, as they stand.</p>\n<dl>',
    arrayStringConcat(arrayMap(fact -> concat('<div><dt>', fact.1, '</dt><dd>', trimLeft(reverse(replaceRegexpAll(reverse(toString(fact.2)), '([0-9]{3})', '\\1 '))), '</dd></div>'), facts), '\n'), '</dl>\n</header>')
FROM
(
    SELECT
    [
        ('rows in bronze', (SELECT count() FROM medallion.bronze_raw_data)),
        ('rows in silver', (SELECT count() FROM medallion.silver_programmatic) + (SELECT count() FROM medallion.silver_search) + (SELECT count() FROM medallion.silver_marketplace)),
        ('banners in gold', (SELECT count() FROM medallion.gold_programmatic_banners)),
        ('dead letters', (SELECT count() FROM medallion.dead_letters)),
        ('open alerts', (SELECT count() FROM (SELECT 1 FROM ops.alerts GROUP BY alert, subject HAVING argMax(state, at) = 'raised')))
    ] AS facts
)
FORMAT TSVRaw;

-- What a row waits for silver, and how old gold and the mirrors are.
SELECT concat('<section class="wide">\n<h2>Lag per layer</h2>\n<p>Seconds: from the parser\'s insert to silver, and the age of what was copied or refreshed last.</p>\n<svg viewBox="0 0 1040 ', toString(24 * count() + 6), '" role="img" aria-label="Lag per layer">',
    arrayStringConcat(arrayMap((bar, place) -> concat(
        '<text class="name" x="0" y="', toString(24 * place - 7), '">', encodeXMLComponent(bar.1), '</text>',
        '<rect class="bar" rx="2" x="260" y="', toString(24 * place - 20), '" height="16" width="', toString(round(greatest(1, 520 * bar.2 / greatest(1e-9, most)), 1)), '"/>',
        '<text x="', toString(round(268 + greatest(1, 520 * bar.2 / greatest(1e-9, most)), 1)), '" y="', toString(24 * place - 7), '">', bar.3, '</text>'),
        arrayReverseSort(bar -> (bar.2, bar.1), groupArray((name, value, label))) AS bars, arrayEnumerate(bars))), '</svg>\n</section>')
FROM
(
    SELECT name, toFloat64(value) AS value, label, max(value) OVER () AS most
    FROM
    (
        SELECT concat('silver, ', toString(level), ' of inserts') AS name, value, concat(toString(round(value, 2)), ' s') AS label
        FROM (SELECT quantiles(0.5, 0.99)(seconds) AS found FROM ops.insert_lag)
        ARRAY JOIN found AS value, ['half', '99 %'] AS level
        UNION ALL
        SELECT view AS name, dateDiff('second', last_success_time, now()) AS value, concat(toString(value), ' s')
        FROM system.view_refreshes
        WHERE database = 'medallion' AND (startsWith(view, 'mirror_') OR view IN ('gold_programmatic_banners', 'gold_search_results', 'gold_marketplace_shelves'))
    )
)
GROUP BY most
FORMAT TSVRaw;

SELECT concat('<section class="wide">\n<h2>Refreshes</h2>\n<p>Seconds of the last refresh of each step of gold.</p>\n<svg viewBox="0 0 1040 ', toString(24 * count() + 6), '" role="img" aria-label="Refreshes">',
    arrayStringConcat(arrayMap((bar, place) -> concat(
        '<text class="name" x="0" y="', toString(24 * place - 7), '">', encodeXMLComponent(bar.1), '</text>',
        '<rect class="bar" rx="2" x="260" y="', toString(24 * place - 20), '" height="16" width="', toString(round(greatest(1, 520 * bar.2 / greatest(1e-9, most)), 1)), '"/>',
        '<text x="', toString(round(268 + greatest(1, 520 * bar.2 / greatest(1e-9, most)), 1)), '" y="', toString(24 * place - 7), '">', bar.3, '</text>'),
        arrayReverseSort(bar -> (bar.2, bar.1), groupArray((name, value, label))) AS bars, arrayEnumerate(bars))), '</svg>\n</section>')
FROM
(
    SELECT name, toFloat64(value) AS value, label, max(value) OVER () AS most
    FROM
    (
        SELECT view AS name, last_success_duration_ms / 1000 AS value, concat(toString(round(value, 2)), ' s') AS label
        FROM system.view_refreshes
        WHERE database = 'medallion' AND startsWith(view, 'gold_')
    )
)
GROUP BY most
FORMAT TSVRaw;

SELECT concat('<section class="wide">\n<h2>Dead letters</h2>\n<p>Lines that were refused, by reason.</p>\n<svg viewBox="0 0 1040 ', toString(24 * count() + 6), '" role="img" aria-label="Dead letters">',
    arrayStringConcat(arrayMap((bar, place) -> concat(
        '<text class="name" x="0" y="', toString(24 * place - 7), '">', encodeXMLComponent(bar.1), '</text>',
        '<rect class="bar" rx="2" x="260" y="', toString(24 * place - 20), '" height="16" width="', toString(round(greatest(1, 520 * bar.2 / greatest(1e-9, most)), 1)), '"/>',
        '<text x="', toString(round(268 + greatest(1, 520 * bar.2 / greatest(1e-9, most)), 1)), '" y="', toString(24 * place - 7), '">', bar.3, '</text>'),
        arrayReverseSort(bar -> (bar.2, bar.1), groupArray((name, value, label))) AS bars, arrayEnumerate(bars))), '</svg>\n</section>')
FROM
(
    SELECT name, toFloat64(value) AS value, label, max(value) OVER () AS most
    FROM
    (
        SELECT reason AS name, count() AS value, toString(value) AS label
        FROM medallion.dead_letters
        GROUP BY reason
    )
)
GROUP BY most
FORMAT TSVRaw;

SELECT concat('<section class="wide">\n<h2>Top advertisers by OTS</h2>\n<p>Opportunities to see, in contacts, over all sites and days.</p>\n<svg viewBox="0 0 1040 ', toString(24 * count() + 6), '" role="img" aria-label="Top advertisers by OTS">',
    arrayStringConcat(arrayMap((bar, place) -> concat(
        '<text class="name" x="0" y="', toString(24 * place - 7), '">', encodeXMLComponent(bar.1), '</text>',
        '<rect class="bar" rx="2" x="260" y="', toString(24 * place - 20), '" height="16" width="', toString(round(greatest(1, 520 * bar.2 / greatest(1e-9, most)), 1)), '"/>',
        '<text x="', toString(round(268 + greatest(1, 520 * bar.2 / greatest(1e-9, most)), 1)), '" y="', toString(24 * place - 7), '">', bar.3, '</text>'),
        arrayReverseSort(bar -> (bar.2, bar.1), groupArray((name, value, label))) AS bars, arrayEnumerate(bars))), '</svg>\n</section>')
FROM
(
    SELECT name, toFloat64(value) AS value, label, max(value) OVER () AS most
    FROM
    (
        SELECT advertiser AS name, sum(ots) AS value, concat(toString(round(value / 1e6, 2)), ' million in ', toString(count()), ' rows') AS label
        FROM medallion.gold_programmatic_banners
        WHERE advertiser != ''
        GROUP BY advertiser
        ORDER BY value DESC, name
        LIMIT 12
    )
)
GROUP BY most
FORMAT TSVRaw;

SELECT '</main>\n</body>\n</html>' FORMAT TSVRaw;
