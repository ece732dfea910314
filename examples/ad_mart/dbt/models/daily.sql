{{ config(materialized='partition_refresh', partition_by='date', order_by=['user_id', 'host', 'device_ip'], changed=days()) }}
{{ days_of(['user_id', 'host', 'device_ip']) }}
