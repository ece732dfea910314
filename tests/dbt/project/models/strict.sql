{{ config(materialized='partition_refresh', partition_by=['toYYYYMM(day)', 'user'], order_by='day',
    meta={'changed': 'SELECT month, users FROM (SELECT * FROM {{ source("shop", "changed") }}) ARRAY JOIN [\'u1\', \'u2\'] AS users'}) }}
SELECT toDate(ts) AS day, toString(user) AS user, count() AS events
FROM {{ source('shop', 'events') }}
WHERE user IN ('u1', 'u2') AND {{ saltwell.refreshed(['toYYYYMM(ts)', 'toString(user)']) }}
GROUP BY day, user
