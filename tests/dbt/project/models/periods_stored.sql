{{ config(materialized='table', order_by='tuple()') }}
{{ saltwell.period_stream(ref('stored'), keys='user', time='at', gap=1800000, max_span=7200000, emit='periods', sum='id', exact=['seconds'], shards=2) }}
