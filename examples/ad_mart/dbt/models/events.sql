{#- The bids of the run's days, each with the latest row of what followed the click. -#}
{{ config(materialized='table', order_by=['user_id', 'host', 'device_ip', 'date']) }}
{%- set key = 'ssp_id, dsp_id, user_id, imp_id, imp_id_source' %}
SELECT
    meta.user_id AS user_id, meta.host AS host, meta.device_ip AS device_ip, toDate(meta.event_time, 'Europe/Moscow') AS date
    {%- for metric, value in metrics().items() %}
    , if(isFinite({{ value }}), {{ value }}, NULL) AS {{ metric }}
    {%- endfor %}
FROM
(
    SELECT *, xxh3_128(event_date, event_time, bid_id, {{ key }}) AS key
    FROM {{ source('rtb', 'meta_v8') }}
    WHERE {{ of_days() }}
) AS meta
LEFT JOIN
(
    SELECT *, xxh3_128(event_date, event_time, resp_bid_id, {{ key }}) AS key
    FROM {{ source('rtb', 'yandex_preclick') }}
    WHERE {{ of_days() }}
    ORDER BY key, received_at DESC, ifNull(page_depth, 0) DESC, ifNull(avg_visit_duration, 0) DESC
    LIMIT 1 BY key
) AS preclick
ON meta.key = preclick.key
