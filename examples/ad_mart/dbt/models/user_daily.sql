{{ config(materialized='table', partition_by='toYYYYMM(date)', order_by=['user_id', 'date']) }}
{{ periods_of(ref('user_days'), 'user_id', "user_id") }}
