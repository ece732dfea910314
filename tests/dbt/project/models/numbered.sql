{{ config(materialized='view') }}
{{ saltwell.period_stream(source('shop', 'events'), keys=['user'], time='ts', gap=1800, lengths=true) }}
