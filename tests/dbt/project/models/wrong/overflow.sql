{{ config(materialized='table') }}
{{ saltwell.period_stream(source('shop', 'huge'), keys='user', time='ts', gap=1800, emit='periods', sum='amount') }}
