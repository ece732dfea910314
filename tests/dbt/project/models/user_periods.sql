{{ config(materialized='table', order_by=['user', 'period_number']) }}
SELECT user, period_id, period_number, period_first, period_last, period_length, seconds_sum, {{ saltwell.accessors('seconds_exact', ['n', 'mean'], name='seconds') }}
FROM
(
{{ saltwell.period_stream(source('shop', 'events'), keys=['user'], time='ts', gap=1800, max_span=7200, emit='periods',
    sum=['seconds'], exact=['seconds'], shards=2, where="page != 'it\\'s \\\\ \"odd\"'\n -- and a comment\n") }}
)
