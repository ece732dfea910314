WITH
    (SELECT (count(), uniqExact(user), min(ts), max(ts)) FROM events) AS log,
    (SELECT (count(), quantileExact(0.5)(seconds), max(seconds)) FROM period) AS found
SELECT concat(
    '<header>\n<h1>', encodeXMLComponent('{title}'), '</h1>\n',
    '<p>From ', toString(log.3), ' to ', toString(log.4), ' UTC. A new period begins after more than ', duration({gap}), ' of silence.</p>\n',
    '<dl>\n<div><dt>events</dt><dd>', grouped(log.1), '</dd></div>\n',
    '<div><dt>keys</dt><dd>', grouped(log.2), '</dd></div>\n',
    '<div><dt>periods</dt><dd>', grouped(found.1), '</dd></div>\n',
    '<div><dt>events per period</dt><dd>', toString(round(log.1 / found.1, 1)), '</dd></div>\n',
    '<div><dt>median length</dt><dd>', duration(found.2), '</dd></div>\n',
    '<div><dt>longest</dt><dd>', duration(found.3), '</dd></div>\n</dl>\n</header>');
