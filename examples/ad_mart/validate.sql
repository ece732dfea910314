-- A new mart against the Parquet output of an old job, one day. Each statement prints what differs, and
-- nothing where both agree: numbers of rows and of events, per metric the sum, the count and the
-- average within a relative 1e-9, and of three keys (the largest and two others) every column.
--   day, old   the day, and the old files as file() takes them: 'old/user_daily/date=2024-01-05/*.parquet'

WITH
    old AS (SELECT count() AS rows, sum(daily_events) AS events [[metric: , sum(daily_sum_{metric}) AS sum_{metric},
        sum(daily_count_{metric}) AS count_{metric}, sum(daily_sum_sq_{metric}) AS sum_sq_{metric}]] FROM file({old:String}, 'Parquet')),
    new AS (SELECT count() AS rows, sum(daily_events) AS events [[metric: , sum(daily_sum_{metric}) AS sum_{metric},
        sum(daily_count_{metric}) AS count_{metric}, sum(daily_sum_sq_{metric}) AS sum_sq_{metric}]] FROM marts.{table} WHERE date = {day:Date})
SELECT '{mart}_daily' AS mart, compared.1 AS what, compared.2 AS old_value, compared.3 AS new_value
FROM old, new
ARRAY JOIN CAST([('rows', old.rows, new.rows), ('events', old.events, new.events) [[metric: ,
    ('sum {metric}', old.sum_{metric}, new.sum_{metric}),
    ('count {metric}', old.count_{metric}, new.count_{metric}),
    ('average {metric}', old.sum_{metric} / old.count_{metric}, new.sum_{metric} / new.count_{metric}),
    ('sum of squares {metric}', old.sum_sq_{metric}, new.sum_sq_{metric})]]],
    'Array(Tuple(String, Nullable(Float64), Nullable(Float64)))') AS compared
WHERE NOT coalesce(abs(old_value - new_value) <= 1e-9 * abs(new_value), old_value IS NULL AND new_value IS NULL);

WITH
    keys AS
    (
        SELECT {name} FROM marts.{table} WHERE date = {day:Date} ORDER BY daily_events DESC, {name} LIMIT 1
        UNION ALL
        SELECT {name} FROM (SELECT {name} FROM marts.{table} WHERE date = {day:Date} ORDER BY sipHash64({name}) LIMIT 2)
    ),
    -- Systems without unsigned numbers wrote signed ones.
    old AS (SELECT * REPLACE (CAST(assumeNotNull({name}), toTypeName((SELECT any({name}) FROM marts.{table}))) AS {name}) FROM file({old:String}, 'Parquet')),
    new AS (SELECT {name}, daily_events [[metric: , daily_sum_{metric}, daily_count_{metric}, daily_sum_sq_{metric}]]
        FROM marts.{table} WHERE date = {day:Date} AND {name} IN (SELECT {name} FROM keys))
SELECT '{mart}_daily' AS mart, new.*, old.*
FROM new
LEFT JOIN old USING ({name})
WHERE NOT coalesce(new.daily_events = old.daily_events [[metric: 
    AND new.daily_count_{metric} = old.daily_count_{metric}
    AND abs(new.daily_sum_{metric} - old.daily_sum_{metric}) <= 1e-9 * abs(new.daily_sum_{metric})
    AND abs(new.daily_sum_sq_{metric} - old.daily_sum_sq_{metric}) <= 1e-9 * abs(new.daily_sum_sq_{metric})]], 0)
