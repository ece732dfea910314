{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by='day', order_by='user') }}
SELECT toDate(ts) AS day, user, count() AS events, sum(id) AS ids, {{ saltwell.exact('seconds') }} AS seconds, {{ saltwell.activity('ts') }} AS history
FROM {{ source('shop', 'events') }}
{% if is_incremental() %} WHERE toDate(ts) >= (SELECT max(day) FROM {{ this }}) {% endif %}
GROUP BY day, user
