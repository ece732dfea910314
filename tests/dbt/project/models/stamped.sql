{#- Many partitions, all replaced by each run. -#}
{{ config(materialized='partition_refresh', partition_by='day', order_by='day') }}
SELECT DISTINCT toDate(ts) AS day, (SELECT max(run) FROM {{ source('shop', 'runs') }}) AS run FROM {{ source('shop', 'events') }}
