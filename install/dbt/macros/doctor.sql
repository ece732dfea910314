{#- Whether the server has the functions, in the version that this package expects. -#}

{% macro expected_version() %}
  {{- return('0.2.0') -}}
{% endmacro %}

{#- For on-run-start: a run without the functions, or with others, ends before its first model. -#}
{% macro check() %}
  {%- if execute -%}
    {%- set faults = saltwell._faults() -%}
    {%- if faults | length > 0 -%}{%- do exceptions.raise_compiler_error(faults | join('; ')) -%}{%- endif -%}
  {%- endif -%}
{% endmacro %}

{#- The same by hand, with a line per check: dbt run-operation saltwell.doctor -#}
{% macro doctor() %}
  {%- set faults = saltwell._faults() -%}
  {%- for fault in faults -%}{%- do log('fail  ' ~ fault, info=true) -%}{%- endfor -%}
  {%- if faults | length > 0 -%}
    {%- do exceptions.raise_compiler_error('Saltwell does not work on this server: ' ~ faults | join('; ')) -%}
  {%- endif -%}
  {%- do log('ok    ' ~ saltwell._functions() | length ~ ' functions and 3 programs of version ' ~ saltwell.expected_version(), info=true) -%}
{% endmacro %}

{% macro _functions() %}
  {{- return(['periodNumbers', 'periodIds', 'firstInPeriod', 'periodLengths', 'uniquePeriodLengths', 'periods', 'periodRows',
    'activityState', 'activityMerge', 'activityPeriods', 'activityEvents',
    'welfordState', 'welfordMerge', 'welfordToAggregate', 'welfordFromAggregate', 'exactState', 'exactMerge', 'exactMoments',
    'saltOf', 'saltCount', 'saltwellVersion', 'welfordMean', 'welfordSum', 'welfordVarPop', 'welfordVarSamp',
    'welfordStddevPop', 'welfordStddevSamp', 'welfordFromSums']) -}}
{% endmacro %}

{% macro _faults() %}
  {%- set mend = 'to mend it: sudo install/install.sh on every node, of Saltwell ' ~ saltwell.expected_version() -%}
  {%- set there = saltwell._values("SELECT name FROM system.functions WHERE origin != 'System'") -%}
  {%- set missing = saltwell._functions() | reject('in', there) | list -%}
  {%- if missing | length > 0 -%}
    {{- return(['the server has no function ' ~ missing | join(', ') ~ '; ' ~ mend]) -}}
  {%- endif -%}
  {%- set found = [] -%}
  {%- do found.append(('the SQL functions', saltwell._values('SELECT saltwellVersion()')[0])) -%}
  {%- for program in ['period_stream', 'merge_partials', 'saltwell_sql'] -%}
    {%- set line = saltwell._values("SELECT line FROM executable('" ~ program ~ " --version', TSVRaw, 'line String', "
      ~ "SETTINGS check_exit_code = 1, stderr_reaction = 'throw')")[0] -%}
    {%- do found.append((program, line.split(' ')[-1])) -%}
  {%- endfor -%}
  {%- set faults = [] -%}
  {%- for what, version in found if version != saltwell.expected_version() -%}
    {%- do faults.append(what ~ ': expected version ' ~ saltwell.expected_version() ~ ', found ' ~ version ~ '; ' ~ mend) -%}
  {%- endfor -%}
  {{- return(faults) -}}
{% endmacro %}
