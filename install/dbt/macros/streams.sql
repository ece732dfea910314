{#- The calls of period_stream and merge_partials. The server itself writes them: it runs saltwell_sql over the columns
    that DESCRIBE shows, so a model's text is what that program prints for the same table. -#}

{% macro period_stream(relation, keys, time, gap, max_span=none, emit='rows', sum=[], moments=[], exact=[], lengths=false, restart=none, shards=1, columns=none, where=none, ties=none, keys_unordered=false, cluster=none, patience=none, max_memory=none, check_exit_code=none) %}
  {%- if relation.is_cte -%}
    {{- return(saltwell._period_arrays(relation, keys, time, gap, max_span, emit, sum, moments, exact, lengths, restart, columns, where, ties, cluster)) -}}
  {%- endif -%}
  {%- set options = ['--time', time, '--gap', gap, '--emit', emit] -%}
  {%- do options.extend(saltwell._option('--max-span', max_span)) -%}
  {%- do options.extend(saltwell._option('--restart', restart)) -%}
  {%- do options.extend(saltwell._option('--lengths', lengths)) -%}
  {%- do options.extend(saltwell._option('--ties', ties)) -%}
  {%- for option, names in [('--sum', sum), ('--moments', moments), ('--exact', exact)] -%}
    {%- for name in saltwell._list(names) -%}{%- do options.extend([option, name]) -%}{%- endfor -%}
  {%- endfor -%}
  {%- do options.extend(saltwell._stream_options(shards, keys_unordered, cluster, patience, max_memory, check_exit_code)) -%}
  {{- return(saltwell._written('period_stream', relation, keys, options, columns, where)) -}}
{% endmacro %}

{% macro merge_partials(relation, keys, ops={}, shards=1, columns=none, where=none, keys_unordered=false, cluster=none, patience=none, max_memory=none, check_exit_code=none) %}
  {%- set options = [] -%}
  {%- for name, op in ops.items() -%}{%- do options.extend(['--op', name ~ '=' ~ op]) -%}{%- endfor -%}
  {%- do options.extend(saltwell._stream_options(shards, keys_unordered, cluster, patience, max_memory, check_exit_code)) -%}
  {{- return(saltwell._written('merge_partials', relation, keys, options, columns, where)) -}}
{% endmacro %}

{#- What may be one or several, as a list. -#}
{% macro _list(what) %}
  {{- return([] if what is none else [what] if what is string else what) -}}
{% endmacro %}

{#- The words of an option: none where the value is none or false. -#}
{% macro _option(option, value) %}
  {{- return([] if value is none or value is false else [option] if value is true else [option, value]) -}}
{% endmacro %}

{% macro _stream_options(shards, keys_unordered, cluster, patience, max_memory, check_exit_code) %}
  {%- set options = saltwell._option('--keys-unordered', keys_unordered) -%}
  {%- do options.extend(saltwell._option('--shards', none if shards == 1 else shards)) -%}
  {%- do options.extend(saltwell._option('--cluster', cluster)) -%}
  {%- do options.extend(saltwell._option('--patience', patience)) -%}
  {%- do options.extend(saltwell._option('--max-memory', max_memory)) -%}
  {%- do options.extend(saltwell._option('--check-exit-code', saltwell._is_stored() if check_exit_code is none else check_exit_code)) -%}
  {{- return(options) -}}
{% endmacro %}

{#- Whether the answer goes into a table, and is read to its end: then the program's exit status may be waited for. -#}
{% macro _is_stored() %}
  {{- return(model is defined and model.config is defined and model.config.materialized not in [none, 'view', 'test', 'unit', 'ephemeral']) -}}
{% endmacro %}

{% macro _written(program, relation, keys, options, columns, where) %}
  {%- if not execute -%}{{- return('SELECT 1') -}}{%- endif -%}
  {%- set input = saltwell._input(program, relation, columns, where) -%}
  {%- set words = ['saltwell_sql', program, '--table', input.text, '--keys', saltwell._list(keys) | join(',')] + options -%}
  {%- set rows = [] -%}
  {%- for column in input.columns -%}
    {%- do rows.append('(' ~ saltwell._literal(column.name) ~ ', ' ~ saltwell._literal(column.type) ~ ')') -%}
  {%- endfor -%}
  {%- set found = saltwell._values(
    "SELECT statement FROM executable(" ~ saltwell._literal(saltwell._command(words)) ~ ", Native, 'statement String', "
    ~ "(SELECT * FROM values('name String, type String', " ~ rows | join(', ') ~ ")), "
    ~ "SETTINGS check_exit_code = 1, stderr_reaction = 'throw')") -%}
  {{- return(found[0]) -}}
{% endmacro %}

{#- What stands after FROM, and the columns that it has. `columns` may hold expressions with names of their own. -#}
{% macro _input(program, relation, columns, where) %}
  {%- if relation.is_cte -%}
    {%- do exceptions.raise_compiler_error("saltwell." ~ program ~ ": expected a table or a view, found the ephemeral model "
      ~ relation ~ ": executable() does not see a CTE of the query around it. Materialise the model, or give its query as text: "
      ~ "saltwell." ~ program ~ "('SELECT ...', ...)") -%}
  {%- endif -%}
  {%- set text = relation | string | trim -%}
  {%- if relation is string and not modules.re.match('(?i)\\(|[`"\\w]+(\\.[`"\\w]+)?$', text) -%}
    {%- set text = '(' ~ text ~ ')' -%}
  {%- endif -%}
  {%- set there = saltwell._describe(program, text) -%}
  {%- set names = there | map(attribute='name') | list -%}
  {%- set chosen = names if columns is none else saltwell._list(columns) -%}
  {%- if chosen | reject('in', names) | list | length > 0 -%}
    {%- set query = 'SELECT ' ~ chosen | join(', ') ~ ' FROM ' ~ text -%}
    {%- set there = saltwell._describe(program, '(' ~ query ~ ')') -%}
    {{- return({'text': '(' ~ query ~ saltwell._where(where) ~ ')', 'columns': there}) -}}
  {%- endif -%}
  {%- set kept = [] -%}
  {%- for name in chosen -%}{%- do kept.append(there[names.index(name)]) -%}{%- endfor -%}
  {%- if where is not none -%}
    {%- set text = '(SELECT ' ~ kept | map(attribute='quoted') | join(', ') ~ ' FROM ' ~ text ~ saltwell._where(where) ~ ')' -%}
  {%- endif -%}
  {{- return({'text': text, 'columns': kept}) -}}
{% endmacro %}

{% macro _where(where) %}
  {{- return('' if where is none else ' WHERE ' ~ where) -}}
{% endmacro %}

{#- DESCRIBE, since the adapter's own list of columns turns FixedString(16) into String. A name that reads `null` comes as
    none. -#}
{% macro _describe(program, text) %}
  {%- set columns = [] -%}
  {%- for row in run_query('DESCRIBE TABLE ' ~ text ~ ' SETTINGS print_pretty_type_names = 0').rows -%}
    {%- set name = row[0] or 'null' -%}
    {%- if row[2] != 'EPHEMERAL' -%}
      {%- do columns.append({'name': name, 'type': row[1], 'quoted': saltwell._quoted(name)}) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if columns | length == 0 -%}
    {%- do exceptions.raise_compiler_error('saltwell.' ~ program ~ ': expected columns of ' ~ text ~ ', found none') -%}
  {%- endif -%}
  {{- return(columns) -}}
{% endmacro %}

{% macro _quoted(name) %}
  {{- return('`' ~ name.replace('\\', '\\\\').replace('`', '\\`') ~ '`') -}}
{% endmacro %}

{% macro _literal(text) %}
  {{- return("'" ~ (text | string).replace('\\', '\\\\').replace("'", "\\'") ~ "'") -}}
{% endmacro %}

{#- The server splits a command at spaces and tabs, takes quotes for its own, and gives back as it is what follows a backslash. -#}
{% macro _command(words) %}
  {%- set escaped = [] -%}
  {%- for word in words -%}{%- do escaped.append(modules.re.sub('([ \\t\'"\\\\])', '\\\\\\1', word | string)) -%}{%- endfor -%}
  {{- return(escaped | join(' ')) -}}
{% endmacro %}
