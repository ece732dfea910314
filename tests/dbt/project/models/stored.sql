{{ config(materialized='table', order_by='tuple()') }}
SELECT * FROM {{ ref('passing') }}
