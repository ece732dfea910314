{{ config(materialized='table', partition_by='toYYYYMM(date)', order_by=['device_ip', 'date']) }}
{{ periods_of(ref('ip_days'), 'device_ip', "xxh3(device_ip)") }}
