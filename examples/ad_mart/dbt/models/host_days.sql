{{ config(materialized='partition_refresh', partition_by='date', order_by='host', changed=days()) }}
{{ days_of(['host'], activity=true) }}
