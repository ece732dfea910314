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

-- The charts, each with its bars.
SELECT concat('<section class="wide">\n<h2>', title, '</h2>\n<p>', text, '</p>\n<svg viewBox="0 0 1040 ', toString(24 * count() + 6), '" role="img" aria-label="', title, '">',
    arrayStringConcat(arrayMap((bar, at) -> concat(
        '<text class="name" x="0" y="', toString(24 * at - 7), '">', encodeXMLComponent(bar.1), '</text>',
        '<rect class="bar" rx="2" x="260" y="', toString(24 * at - 20), '" height="16" width="', toString(round(greatest(1, 520 * bar.2 / greatest(1e-9, most)), 1)), '"/>',
        '<text x="', toString(round(268 + greatest(1, 520 * bar.2 / greatest(1e-9, most)), 1)), '" y="', toString(24 * at - 7), '">', bar.3, '</text>'),
        arrayReverseSort(bar -> (bar.2, bar.1), groupArray((name, value, label))) AS bars, arrayEnumerate(bars))), '</svg>\n</section>')
FROM
(
    SELECT *, max(value) OVER (PARTITION BY place) AS most
    FROM
    (
        WITH 'Seconds: from the parser\'s insert to silver, and the age of what was copied or refreshed last.' AS of_lag
        SELECT 1 AS place, 'Lag per layer' AS title, of_lag AS text, concat('silver, ', toString(level), ' of inserts') AS name, value,
            concat(toString(round(value, 2)), ' s') AS label
        FROM (SELECT quantiles(0.5, 0.99)(seconds) AS found FROM ops.insert_lag)
        ARRAY JOIN found AS value, ['half', '99 %'] AS level
        UNION ALL
        SELECT 1, 'Lag per layer', of_lag, view, toFloat64(dateDiff('second', last_success_time, now())) AS value, concat(toString(value), ' s')
        FROM system.view_refreshes
        WHERE database = 'medallion' AND (startsWith(view, 'mirror_') OR view IN ('gold_programmatic_banners', 'gold_search_results', 'gold_marketplace_shelves'))
        UNION ALL
        SELECT 2, 'Refreshes', 'Seconds of the last refresh of each step of gold.', view, last_success_duration_ms / 1000 AS value,
            concat(toString(round(value, 2)), ' s')
        FROM system.view_refreshes
        WHERE database = 'medallion' AND startsWith(view, 'gold_')
        UNION ALL
        SELECT 3, 'Dead letters', 'Lines that were refused, by reason.', reason, toFloat64(count()) AS value, toString(value)
        FROM medallion.dead_letters
        GROUP BY reason
        UNION ALL
        SELECT * FROM
        (
            SELECT 4, 'Top advertisers by OTS', 'Opportunities to see, in contacts, over all sites and days.', advertiser, sum(ots) AS value,
                concat(toString(round(value / 1e6, 2)), ' million in ', toString(count()), ' rows')
            FROM medallion.gold_programmatic_banners
            WHERE advertiser != ''
            GROUP BY advertiser
            ORDER BY value DESC, advertiser
            LIMIT 12
        )
    )
)
GROUP BY place, title, text, most
ORDER BY place
FORMAT TSVRaw;

SELECT '</main>\n</body>\n</html>' FORMAT TSVRaw;
