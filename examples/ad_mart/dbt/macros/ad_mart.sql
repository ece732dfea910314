{#- The metrics, over a bid `meta` and its `preclick`; NULL, NaN and infinite values do not count. -#}
{% macro metrics() %}
  {{- return({
    'ctr': 'meta.ctr',
    'avg_visit_duration': 'preclick.avg_visit_duration',
    'avg_duration_per_page': 'preclick.avg_visit_duration / preclick.page_depth',
    'time_show_to_view': 'meta.time_show_to_view',
  }) -}}
{% endmacro %}

{#- The days of a run, in Moscow: those of --vars, or the last three, for rows that arrive late. -#}
{% macro days() %}
  {{- return('SELECT toDate(arrayJoin(' ~ var('days') ~ '))' if var('days', none)
    else "SELECT toDate(now('Europe/Moscow')) - number FROM numbers(1, 3)") -}}
{% endmacro %}

{#- Which raw rows may belong to these days: the logger's dates are in UTC. -#}
{% macro of_days() -%}
  event_date BETWEEN (SELECT min(*) - 1 FROM ({{ days() }})) AND (SELECT max(*) + 1 FROM ({{ days() }}))
    AND toDate(event_time, 'Europe/Moscow') IN ({{ days() }})
{%- endmacro %}

{#- A row per day of each key: counts, the history, exact moments. -#}
{% macro days_of(columns, activity=false) %}
  {%- set ops = {'daily_events': 'count()'} -%}
  {%- if activity -%}{%- do ops.update({'activity': 'activity(day)'}) -%}{%- endif -%}
  {%- for metric in metrics() -%}{%- do ops.update({'daily_' ~ metric: 'exact(' ~ metric ~ ')'}) -%}{%- endfor -%}
  {{ saltwell.merge_partials(ref('events'), keys=columns + ['date'], ops=ops,
    columns=columns + ['date'] + metrics() | list + (['date AS day'] if activity else [])) }}
{%- endmacro %}

{#- The days of an entity with their periods, runs of days without a gap: the whole history in one pass. -#}
{% macro periods_of(days, entity, key) -%}
SELECT
    {{ entity }}, date, daily_events, activity
    {%- for metric in metrics() %}, daily_{{ metric }}{% endfor %}
    , xxh3(concat(reinterpretAsFixedString({{ key }}), reinterpretAsFixedString(toInt64(period_first)))) AS {{ entity }}_period_id
    , sum(daily_events) OVER (PARTITION BY {{ entity }}, period_first) AS {{ entity }}_period_length
    , is_first_in_period AS {{ entity }}_is_first_in_period
    , unique_period_length AS {{ entity }}_unique_period_length
FROM
(
{{ saltwell.period_stream(days, keys=[entity], time='date', gap=1, lengths=true) }}
)
{%- endmacro %}
