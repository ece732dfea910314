{#- Periods, states and salts of a GROUP BY. -#}

{#- The periods of a key, an array of tuples. The key is hashed; with hashed=true it is a UInt64 already. -#}
{% macro periods(key, time, gap, max_span=0, hashed=false) -%}
  periods({{ key if hashed else 'xxh3(' ~ saltwell._list(key) | join(', ') ~ ')' }}, groupArray({{ time }}), {{ gap }}, {{ max_span or 0 }})
{%- endmacro %}

{% macro activity(time) -%}
  activityState(groupArray({{ time }}))
{%- endmacro %}

{% macro welford(column) -%}
  welfordState(groupArray({{ column }}))
{%- endmacro %}

{% macro exact(column) -%}
  exactState(groupArray({{ column }}))
{%- endmacro %}

{#- One state of many: kind is exact, welford or activity. -#}
{% macro merge(state, kind='exact') -%}
  {{ kind }}Merge(groupArray({{ state }}))
{%- endmacro %}

{#- What a state says, as columns NAME_n, NAME_mean and so on. With exact=true the state is one of exactState. -#}
{% macro accessors(state, parts=['n', 'mean', 'stddev_samp'], name=none, exact=false) -%}
  {%- set functions = {'n': 'tupleElement({}, 1)', 'mean': 'welfordMean({})', 'sum': 'welfordSum({})', 'var_pop': 'welfordVarPop({})',
    'var_samp': 'welfordVarSamp({})', 'stddev_pop': 'welfordStddevPop({})', 'stddev_samp': 'welfordStddevSamp({})'} -%}
  {%- set moments = 'exactMoments(' ~ state ~ ')' if exact else state -%}
  {%- for part in saltwell._list(parts) -%}
    {%- if part not in functions -%}
      {%- do exceptions.raise_compiler_error('saltwell.accessors: expected parts of ' ~ functions | join(', ') ~ ", found '" ~ part ~ "'") -%}
    {%- endif -%}
    {{ functions[part].format(moments) }} AS {{ name or state }}_{{ part }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}

{#- A salt from 0 to salts - 1, the same for equal columns on every run. Columns keep their types. -#}
{% macro salt(columns, salts) -%}
  {%- set names = saltwell._list(columns) -%}
  saltOf({{ names[0] if names | length == 1 else 'tuple(' ~ names | join(', ') ~ ')' }}, {{ salts }})
{%- endmacro %}
