{#- The join neither loses nor multiplies a bid. -#}
{% test keeps_bids(model) %}
SELECT date, sum(meta) AS bids, sum(joined) AS rows
FROM
(
    SELECT toDate(event_time, 'Europe/Moscow') AS date, count() AS meta, 0 AS joined FROM {{ source('rtb', 'meta_v8') }} WHERE {{ of_days() }} GROUP BY date
    UNION ALL
    SELECT date, 0, count() FROM {{ model }} GROUP BY date
)
GROUP BY date
HAVING bids != rows
{% endtest %}
