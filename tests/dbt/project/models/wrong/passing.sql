{{ config(materialized='ephemeral') }}
SELECT * FROM {{ source('shop', 'events') }}
