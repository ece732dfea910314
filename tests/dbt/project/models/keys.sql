{{ config(materialized='view') }}
SELECT intDiv(id, 1000) AS key, {{ saltwell.periods('key', 'ts', 1800, hashed=true) }} AS hashed, {{ saltwell.periods(['key', 'page'], 'ts', 1800) }} AS both
FROM {{ source('shop', 'events') }}
GROUP BY key, page
