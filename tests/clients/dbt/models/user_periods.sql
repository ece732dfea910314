-- models/user_periods.sql
{{ config(materialized='table', order_by='(user, number)') }}

SELECT user, p.id AS period_id, p.number AS number, p.length AS events, p.last_tick - p.first_tick AS seconds
FROM
(
    SELECT user, periods(xxh3(user), groupArray(ts), 1800, 0) AS list
    FROM {{ source('raw', 'events') }} GROUP BY user
)
ARRAY JOIN list AS p
