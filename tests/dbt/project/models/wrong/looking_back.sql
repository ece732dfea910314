{#- It asks for the month before, and does not compute it. -#}
{{ config(materialized='partition_refresh', partition_by='month', order_by='month', changed='SELECT month FROM shop.changed', lookback=1, allow_empty=true) }}
SELECT 202603 AS month
