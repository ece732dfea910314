{#- Of the days that it has rows of; its columns are those of the view. -#}
{{ config(materialized='partition_refresh', partition_by='day', order_by='tuple()') }}
SELECT * FROM {{ source('shop', 'shape') }}
