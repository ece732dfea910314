{{ config(materialized='table', order_by='id') }}
SELECT * FROM
(
{{ saltwell.period_stream(ref('stored'), keys='page', time='second', gap=0, max_span=100000, ties='id', where='id % 3 = 0', columns=['page', 'id', 'toUInt32(at) AS second']) }}
)
