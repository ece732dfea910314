{{ config(materialized='partition_refresh', partition_by='date', order_by='user_id', changed=days()) }}
{{ days_of(['user_id'], activity=true) }}
