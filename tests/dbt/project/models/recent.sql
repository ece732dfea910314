{{ config(materialized='materialized_view', order_by='user', catchup=False, refreshable={'interval': 'EVERY 1 SECOND'}) }}
SELECT *
FROM
(
{{ saltwell.period_stream(source('shop', 'events'), keys=['user'], time='second', gap=1800, emit='periods', columns=['user', 'toUInt32(ts) AS second']) }}
)
