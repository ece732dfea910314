SELECT user, toDateTime(p.first_tick) AS start, p.last_tick - p.first_tick AS seconds, p.length AS events
FROM (SELECT user, arrayJoin(periods(xxh3(user), groupArray(ts), 1800, 0)) AS p FROM demo.events GROUP BY user)
ORDER BY seconds DESC LIMIT 20
