{{ config(materialized='table', order_by='user') }}
SELECT user, days, events, {{ saltwell.accessors('state', ['n', 'mean', 'sum', 'stddev_samp'], name='seconds', exact=true) }}, seconds AS moments, history
FROM
(
{{ saltwell.merge_partials(ref('daily'), keys='user', columns=['user', 'events', 'seconds', 'history'],
    ops={'days': 'count()', 'seconds': 'exact', 'state': 'exact_state(seconds)'}) }}
)
