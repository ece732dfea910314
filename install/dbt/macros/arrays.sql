{#- period_stream over a CTE, which executable() does not see: an ephemeral model, or the given rows of a unit test. The array
    functions give the same rows, with an array in memory for each key. The columns of a CTE are not known here. -#}

{% macro _period_arrays(relation, keys, time, gap, max_span, emit, sum, moments, exact, lengths, restart, columns, where, ties, cluster) %}
  {%- for option, value in {'restart': restart, 'moments': moments, 'cluster': cluster}.items() if value -%}
    {%- do exceptions.raise_compiler_error('saltwell.period_stream: expected a table or a view where ' ~ option ~ ' is given, found the ephemeral model '
      ~ relation ~ ': executable() does not see a CTE of the query around it, and the array functions have no ' ~ option) -%}
  {%- endfor -%}
  {%- set names = [] -%}
  {%- for key in saltwell._list(keys) -%}{%- do names.append(saltwell._quoted(key)) -%}{%- endfor -%}
  {%- set input = '(SELECT ' ~ saltwell._list(columns or '*') | join(', ') ~ ' FROM ' ~ relation ~ saltwell._where(where) ~ ')' -%}
  {%- set rows = saltwell._rows_of_arrays(input, names | join(', '), names, saltwell._quoted(time), gap, max_span, saltwell._quoted(ties or time)) -%}
  {{- return(saltwell._periods_of_rows(rows, names | join(', '), saltwell._list(sum), saltwell._list(exact)) if emit == 'periods' else rows if lengths
    else 'SELECT * EXCEPT (period_length, unique_period_length, period_first, period_last) FROM (' ~ rows ~ ')') -}}
{% endmacro %}

{#- Each row with what periodRows says of its place in the order of its key. The id is the stream's: of the key's bytes and the first tick. -#}
{% macro _rows_of_arrays(input, key, names, time, gap, max_span, ties) %}
SELECT {{ key }}, placed.* EXCEPT ({{ key }}, saltwell_place, saltwell_tick),
    xxh3(concat(formatRow('RowBinary', {{ key }}), reinterpretAsFixedString(min(saltwell_tick) OVER saltwell_period))) AS period_id,
    saltwell_row.number AS period_number, saltwell_row.is_first AS is_first_in_period,
    toUInt64(saltwell_row.length) AS period_length, toUInt64(saltwell_row.unique_length) AS unique_period_length,
    min({{ time }}) OVER saltwell_period AS period_first, max({{ time }}) OVER saltwell_period AS period_last
FROM
(
    SELECT *, reinterpretAsInt64({{ time }}) AS saltwell_tick,
        row_number() OVER (PARTITION BY {{ key }} ORDER BY {{ time }}, {{ ties }}) AS saltwell_place
    FROM {{ input }}
) AS placed
INNER JOIN
(
    SELECT {% for name in names %}{{ name }} AS saltwell_key_{{ loop.index }}, {% endfor %}saltwell_row, saltwell_at
    FROM
    (
        SELECT {{ key }}, periodRows(0, arraySort(groupArrayArray([reinterpretAsInt64({{ time }})])), {{ gap }}, {{ max_span or 0 }}) AS list
        FROM {{ input }}
        GROUP BY {{ key }}
    )
    ARRAY JOIN list AS saltwell_row, arrayEnumerate(list) AS saltwell_at
) AS found ON saltwell_place = saltwell_at{% for name in names %} AND placed.{{ name }} <=> saltwell_key_{{ loop.index }}{% endfor %}
WINDOW saltwell_period AS (PARTITION BY {{ key }}, saltwell_row.number)
{% endmacro %}

{% macro _periods_of_rows(rows, key, sum, exact) %}
SELECT {{ key }}, period_id, period_number, any(saltwell_rows.period_first) AS period_first, any(saltwell_rows.period_last) AS period_last,
    any(saltwell_rows.period_length) AS period_length, any(saltwell_rows.unique_period_length) AS unique_period_length
    {%- for name in sum %}, sum({{ saltwell._quoted(name) }}) AS {{ saltwell._quoted(name ~ '_sum') }}{% endfor %}
    {%- for name in exact %}, exactMoments(exactState(groupArray({{ saltwell._quoted(name) }}))) AS {{ saltwell._quoted(name ~ '_exact') }}{% endfor %}
FROM ({{ rows }}) AS saltwell_rows
GROUP BY {{ key }}, period_id, period_number
{% endmacro %}
