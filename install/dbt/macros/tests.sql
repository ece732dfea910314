{#- Generic tests of periods, partials and refreshable views. -#}

{#- The periods of a key follow one another, each ends where it says, their numbers run from 1. With `gap` each begins more
    than that after the one before (for rules without max_span); with `events` each event is in one. -#}
{% test no_overlap(model, keys, first='period_first', last='period_last', number='period_number', length='period_length', gap=none, max_span=none, events=none) %}
  {%- set key = saltwell._list(keys) | join(', ') %}
SELECT {{ key }}, {{ number }}, {{ first }}, {{ last }}, 'overlaps, or is not the next' AS fault
FROM
(
    SELECT {{ key }}, {{ number }}, {{ first }}, {{ last }},
        lagInFrame({{ last }}) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_before,
        row_number() OVER w AS nth
    FROM {{ model }}
    WINDOW w AS (PARTITION BY {{ key }} ORDER BY {{ first }}, {{ last }})
)
WHERE {{ first }} > {{ last }}
   OR {{ number }} != nth
   OR nth > 1 AND {{ first }} <= last_before
  {%- if max_span is not none %}
   OR {{ last }} - {{ first }} > {{ max_span }}
  {%- elif gap is not none %}
   OR nth > 1 AND {{ first }} - last_before <= {{ gap }}
  {%- endif %}
  {%- if events is not none %}
UNION ALL
SELECT {{ key }}, 0, NULL, NULL, concat('has ', toString(sum(held)), ' of ', toString(sum(there)), ' events')
FROM
(
    SELECT {{ key }}, toInt64({{ length }}) AS held, 0 AS there FROM {{ model }}
    UNION ALL
    SELECT {{ key }}, 0, 1 FROM {{ events }}
)
GROUP BY {{ key }}
HAVING sum(held) != sum(there)
  {%- endif %}
{% endtest %}

{#- The partials of a key merge into what its rows give at once, to the bit. kind: exact, activity, sum, or moments, for a
    model with one row per key. -#}
{% test merges_exactly(model, column_name, whole, keys, value, kind='exact') %}
  {%- set key = saltwell._list(keys) | join(', ') %}
  {%- set folds = {
    'exact': ('exactMerge(groupArray({}))', 'exactState(groupArray({}))'),
    'activity': ('activityMerge(groupArray({}))', 'activityState(groupArray({}))'),
    'moments': ('groupArray({})', '[exactMoments(exactState(groupArray({})))]'),
    'sum': ('toString(sum({}))', 'toString(sum({}))')} %}
  {%- if kind not in folds -%}
    {%- do exceptions.raise_compiler_error('saltwell.merges_exactly: expected kind exact, activity, moments or sum, found ' ~ kind) -%}
  {%- endif %}
SELECT {{ key }}, groupUniqArray(side) AS sides
FROM
(
    SELECT {{ key }}, {{ folds[kind][0].format(column_name) }} AS state, 'partials' AS side FROM {{ model }} GROUP BY {{ key }}
    UNION ALL
    SELECT {{ key }}, {{ folds[kind][1].format(value) }}, 'whole' FROM {{ whole }} GROUP BY {{ key }}
)
GROUP BY {{ key }}
HAVING count() != 2 OR uniqExact(state) != 1
{% endtest %}

{#- A refreshable view was refreshed in the last `seconds`, and its last refresh did not fail. -#}
{% test refreshed_within(model, seconds) %}
SELECT view, status, last_success_time, exception
FROM (SELECT 1 AS one) AS always
LEFT JOIN
(
    SELECT 1 AS one, view, status, last_success_time, exception
    FROM system.view_refreshes
    WHERE database = '{{ model.schema }}' AND view IN ('{{ model.identifier }}', '{{ model.identifier }}_mv')
) AS refreshes USING (one)
WHERE view = '' OR exception != '' OR last_success_time IS NULL OR last_success_time < now() - INTERVAL {{ seconds }} SECOND
{% endtest %}
