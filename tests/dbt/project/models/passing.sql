{#- Rows that no table has: executable() cannot read them. -#}
{{ config(materialized='ephemeral') }}
SELECT if(user = 'u7', NULL, toString(user)) AS user, toDateTime64(ts, 3, 'UTC') AS at, page, seconds, id FROM {{ source('shop', 'events') }} WHERE id < 9000
