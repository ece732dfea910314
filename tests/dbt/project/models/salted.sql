{#- Two levels, the first one a query of its own. -#}
{{ config(materialized='table', order_by='user') }}
{% set partials %}
SELECT user, toUInt64(count()) AS events, {{ saltwell.welford('seconds') }} AS moments, {{ saltwell.exact('seconds') }} AS exact
FROM {{ source('shop', 'events') }} GROUP BY user, {{ saltwell.salt(['ts', 'page'], 4) }}
{% endset %}
SELECT user, events, moments, exact
FROM
(
{{ saltwell.merge_partials(partials, keys='user') }}
)
