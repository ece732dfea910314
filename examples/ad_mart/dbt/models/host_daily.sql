{{ config(materialized='table', partition_by='toYYYYMM(date)', order_by=['host', 'date']) }}
{{ periods_of(ref('host_days'), 'host', "xxh3(CAST(host, 'String'))") }}
