{#- What dbt-clickhouse has, over states. -#}
{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by='day', order_by='user') }}
SELECT toDate(ts) AS day, user, sum(id) AS ids, {{ saltwell.activity('ts') }} AS history
FROM {{ source('shop', 'events') }}
{% if is_incremental() %} WHERE toDate(ts) >= (SELECT max(day) FROM {{ this }}) {% endif %}
GROUP BY day, user
