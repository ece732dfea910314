{{ config(materialized='view') }}
{{ saltwell.period_stream(ref('passing'), keys=['user', 'page'], time='at', gap=1800000, lengths=true, ties='id') }}
