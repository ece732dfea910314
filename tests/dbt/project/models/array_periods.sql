{{ config(materialized='view') }}
SELECT user, p.number AS number, p.first_tick AS first, p.length AS length
FROM (SELECT user, {{ saltwell.periods('user', 'ts', 1800, 7200) }} AS list FROM {{ source('shop', 'events') }} GROUP BY user)
ARRAY JOIN list AS p
