{{ config(materialized='partition_refresh', partition_by='toYYYYMM(day)', order_by=['user', 'day'],
    changed='SELECT month FROM {{ source("shop", "changed") }}', lookback=1, allow_empty=true) }}
SELECT toDate(ts) AS day, user, count() AS events, (SELECT max(run) FROM {{ source('shop', 'runs') }}) AS run
FROM {{ source('shop', 'events') }}
WHERE {{ saltwell.refreshed('toYYYYMM(ts)') }}
GROUP BY day, user
