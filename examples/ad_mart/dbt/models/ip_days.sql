{{ config(materialized='partition_refresh', partition_by='date', order_by='device_ip', changed=days()) }}
{{ days_of(['device_ip'], activity=true) }}
