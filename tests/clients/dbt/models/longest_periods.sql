{{ config(materialized='table', order_by='user') }}

-- Reads the stream's view.
SELECT user, max(events) AS events
FROM (SELECT user, period_number, count() AS events FROM {{ ref('numbered_events') }} GROUP BY user, period_number)
GROUP BY user
