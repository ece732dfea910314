{#- Rows of all months, though one has changed. -#}
{{ config(materialized='partition_refresh', partition_by='toYYYYMM(day)', order_by='day', changed='SELECT month FROM shop.changed') }}
SELECT DISTINCT toDate(ts) AS day FROM {{ source('shop', 'events') }}
