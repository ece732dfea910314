-- models/daily_histories.sql
{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partition_by='day', order_by='user') }}

SELECT toDate(ts) AS day, user, activityState(groupArray(ts)) AS history, welfordState(groupArray(seconds)) AS moments
FROM {{ source('raw', 'events') }}
{% if is_incremental() %} WHERE toDate(ts) >= (SELECT max(day) FROM {{ this }}) {% endif %}
GROUP BY day, user
