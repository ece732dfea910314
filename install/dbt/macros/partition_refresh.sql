{#- The model's rows take the place of whole partitions, all at once: the new rows are computed aside, the table is cloned
    (hard links), its partitions are replaced in the clone, and EXCHANGE TABLES, one rename, puts the clone in its
    place. A server or a run that is killed leaves the old table or the new one, and what the next run clears away.
    Every run has names of its own, so that of two runs of one model at a time one fails and neither mixes. -#}
{% materialization partition_refresh, adapter='clickhouse' %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set fresh = saltwell._aside('new') -%}
  {%- set next = saltwell._aside('next') -%}
  {%- set refreshes = saltwell.is_refresh() -%}

  {%- do saltwell._check_options(existing, sql) -%}
  {%- do saltwell._clear_away() -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- if refreshes and saltwell._setting('changed') is not none -%}
    {%- do saltwell._write_refreshed(saltwell._changed()) -%}
  {%- endif -%}
  {% call statement('main') -%}
    {{ get_create_table_as_sql(False, fresh, sql) }}
  {%- endcall %}

  {%- if refreshes -%}
    {%- do saltwell._check_structure(fresh) -%}
    {%- set uuid = saltwell._uuid() -%}
    {%- set commands = saltwell._replacements(fresh) -%}
    {%- if commands | length > 0 -%}
      {%- do saltwell._run('CREATE TABLE ' ~ next ~ ' CLONE AS ' ~ this) -%}
      {#- A statement has at most 256 KiB. -#}
      {%- for some in commands | batch(500) -%}
        {%- do saltwell._run('ALTER TABLE ' ~ next ~ ' ' ~ some | join(', ')) -%}
      {%- endfor -%}
      {%- if saltwell._uuid() != uuid -%}
        {%- do saltwell._refuse('another run has replaced ' ~ this ~ ' meanwhile; run again') -%}
      {%- endif -%}
      {%- do saltwell._run('EXCHANGE TABLES ' ~ next ~ ' AND ' ~ this) -%}
    {%- endif -%}
  {%- else -%}
    {%- do saltwell._write_refreshed('SELECT ' ~ saltwell._partition_by() ~ ' FROM ' ~ fresh ~ ' LIMIT 0') -%}
    {%- if existing is not none and existing.type == 'table' -%}
      {%- do saltwell._run('EXCHANGE TABLES ' ~ fresh ~ ' AND ' ~ this) -%}
    {%- else -%}
      {{ drop_relation_if_exists(existing) }}
      {%- do saltwell._run('RENAME TABLE ' ~ fresh ~ ' TO ' ~ this) -%}
    {%- endif -%}
  {%- endif -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=true)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do adapter.commit() -%}
  {%- do saltwell._clear_away() -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- For a model: whether its table is there and this run refreshes some of its partitions. -#}
{% macro is_refresh() %}
  {%- if not execute or model.config.materialized != 'partition_refresh' -%}{{- return(false) -}}{%- endif -%}
  {%- set relation = load_relation(this) -%}
  {{- return(relation is not none and relation.type == 'table' and not should_full_refresh()) -}}
{% endmacro %}

{#- For a model: the condition that a row belongs to the partitions of this run. `partition` is the model's partition_by over the
    columns of its input. -#}
{% macro refreshed(partition) %}
  {%- if execute and saltwell._setting('changed') is none -%}
    {%- do exceptions.raise_compiler_error('saltwell.refreshed: expected the config changed, a query of the partitions that changed, found none') -%}
  {%- endif -%}
  {{- return('(' ~ saltwell._list(partition) | join(', ') ~ ') IN (SELECT * FROM ' ~ saltwell._refreshed_table() ~ ')' if saltwell.is_refresh() else '1') -}}
{% endmacro %}

{#- A config of the materialisation, which may stand in `meta` too. -#}
{% macro _setting(name, default=none) %}
  {%- set meta = config.get('meta') or {} -%}
  {{- return(meta[name] if name in meta else config.get(name, default)) -}}
{% endmacro %}

{% macro _run(sql) %}
  {%- call statement('partition_refresh') -%}{{ sql }}{%- endcall -%}
{% endmacro %}

{% macro _values(sql) %}
  {%- set values = [] -%}
  {%- for row in run_query(sql).rows -%}{%- do values.append(row[0]) -%}{%- endfor -%}
  {{- return(values) -}}
{% endmacro %}

{% macro _aside(what) %}
  {{- return(this.incorporate(path={'identifier': this.identifier ~ '__refresh_' ~ what ~ '_' ~ invocation_id.replace('-', '_')}, type='table')) -}}
{% endmacro %}

{#- The partitions of the last run, which the model's query reads. -#}
{% macro _refreshed_table() %}
  {{- return(this.incorporate(path={'identifier': this.identifier ~ '__refreshed'}, type='table')) -}}
{% endmacro %}

{% macro _partition_by() %}
  {{- return(saltwell._list(config.get('partition_by')) | join(', ')) -}}
{% endmacro %}

{% macro _check_options(existing, sql) %}
  {%- if not config.get('partition_by') -%}
    {%- do saltwell._refuse('expected partition_by, found none') -%}
  {%- elif 'MergeTree' not in config.get('engine', 'MergeTree') -%}
    {%- do saltwell._refuse('expected an engine of the MergeTree family, found ' ~ config.get('engine')) -%}
  {%- elif adapter.get_clickhouse_cluster_name() is not none -%}
    {%- do saltwell._refuse('expected one server, found the cluster ' ~ adapter.get_clickhouse_cluster_name() ~ ': use incremental with insert_overwrite') -%}
  {%- elif saltwell._lookback() > 0 and saltwell.is_refresh() and saltwell._refreshed_table() | string not in sql -%}
    {%- do saltwell._refuse('lookback needs WHERE {{ saltwell.refreshed(...) }} in the model') -%}
  {%- elif existing is not none and existing.type == 'table' and not existing.can_exchange -%}
    {%- do saltwell._refuse('expected a database of the engine Atomic or Replicated, which can exchange tables: ' ~ this.schema) -%}
  {%- endif -%}
{% endmacro %}

{% macro _refuse(why) %}
  {%- do saltwell._clear_away() -%}
  {%- do exceptions.raise_compiler_error('partition_refresh: ' ~ why) -%}
{% endmacro %}

{#- This run's tables, and those of runs that were killed. -#}
{% macro _clear_away() %}
  {%- for name in saltwell._values("SELECT name FROM system.tables WHERE database = " ~ saltwell._literal(this.schema)
      ~ " AND startsWith(name, " ~ saltwell._literal(this.identifier ~ '__refresh_') ~ ")"
      ~ " AND match(substring(name, " ~ (this.identifier | length + 1) ~ "), '^__refresh_(new|next)_[0-9a-f]{8}(_[0-9a-f]{4}){3}_[0-9a-f]{12}$')") -%}
    {%- do saltwell._run('DROP TABLE IF EXISTS ' ~ this.incorporate(path={'identifier': name}, type='table')) -%}
  {%- endfor -%}
{% endmacro %}

{#- dbt has a config of this name, which is 1 where nothing is said. -#}
{% macro _lookback() %}
  {%- set is_said = 'lookback' in model.unrendered_config or 'lookback' in (config.get('meta') or {}) -%}
  {{- return(saltwell._setting('lookback') if is_said else 0) -}}
{% endmacro %}

{#- Which partitions a run is about: those that `changed` gives, and `lookback` of the table's before each. -#}
{% macro _changed() %}
  {%- set changed = render(saltwell._setting('changed')) -%}
  {%- set lookback = saltwell._lookback() -%}
  {%- if lookback == 0 -%}{{- return('SELECT DISTINCT * FROM (' ~ changed ~ ')') -}}{%- endif -%}
  {{- return('SELECT DISTINCT untuple(arrayJoin(arrayPushFront(arraySlice(arrayReverseSort(arrayFilter(p -> p < of_run, '
    ~ '(SELECT groupArray(tuple(*)) FROM (SELECT ' ~ saltwell._partition_by() ~ ' FROM ' ~ this ~ ' GROUP BY ALL)))), 1, ' ~ lookback ~ '), of_run)))'
    ~ ' FROM (SELECT tuple(*) AS of_run FROM (' ~ changed ~ '))') -}}
{% endmacro %}

{#- The first run writes none, so that a later one can be compiled before its own are there. -#}
{% macro _write_refreshed(query) %}
  {%- do saltwell._run('CREATE OR REPLACE TABLE ' ~ saltwell._refreshed_table() ~ ' ENGINE = MergeTree ORDER BY tuple() AS ' ~ query) -%}
{% endmacro %}

{#- The new rows must be of the table's columns and keys; what differs is named. -#}
{% macro _check_structure(fresh) %}
  {%- set tables = "database = " ~ saltwell._literal(this.schema) ~ " AND {} IN (" ~ saltwell._literal(this.identifier) ~ ", " ~ saltwell._literal(fresh.identifier) ~ ")" -%}
  {%- set differences = saltwell._values(
    "SELECT concat(if(any(table) = " ~ saltwell._literal(this.identifier) ~ ", 'the table has ', 'the model has '), what) FROM ("
    ~ "SELECT table, concat(name, ' ', type, ' at ', toString(position)) AS what FROM system.columns WHERE " ~ tables.format('table')
    ~ " UNION ALL SELECT name, concat('PARTITION BY ', partition_key, ' ORDER BY ', sorting_key) FROM system.tables WHERE " ~ tables.format('name')
    ~ ") GROUP BY what HAVING count() = 1 ORDER BY what") -%}
  {%- if differences | length > 0 -%}
    {%- do saltwell._refuse(this ~ ' has another structure than the model: ' ~ differences | join(', ')
      ~ '; to take it over: dbt run --full-refresh') -%}
  {%- endif -%}
{% endmacro %}

{#- What is to be done to the clone: REPLACE for partitions with new rows, DROP for those of this run without. One query
    reads it all, so that it fails where another run has begun and taken this one's rows away. -#}
{% macro _replacements(fresh) %}
  {%- set has_changed = saltwell._setting('changed') is not none -%}
  {%- set of_run = '(' ~ saltwell._partition_by() ~ ') IN (SELECT * FROM ' ~ saltwell._refreshed_table() ~ ')' if has_changed else '1' -%}
  {%- set query = 'SELECT DISTINCT _partition_id AS id, 1 AS is_new, ' ~ of_run ~ ' AS is_of_run FROM ' ~ fresh -%}
  {%- if has_changed -%}
    {%- set query = query ~ ' UNION ALL SELECT DISTINCT _partition_id, 0, 1 FROM ' ~ this ~ ' WHERE ' ~ of_run -%}
  {%- endif -%}
  {%- set commands, emptied, others = [], [], [] -%}
  {%- for id, is_new, is_of_run in run_query('SELECT id, max(is_new), min(is_of_run) FROM (' ~ query ~ ') GROUP BY id ORDER BY id').rows -%}
    {%- do (emptied if is_new == 0 else others if is_of_run == 0 else []).append(id) -%}
    {%- do commands.append("REPLACE PARTITION ID '" ~ id ~ "' FROM " ~ fresh if is_new == 1 else "DROP PARTITION ID '" ~ id ~ "'") -%}
  {%- endfor -%}
  {%- if others | length > 0 -%}
    {%- do saltwell._refuse('expected rows of the partitions that changed, found some of ' ~ others | join(', ') ~ ': the model needs WHERE '
      ~ '{{ saltwell.refreshed(...) }}') -%}
  {%- elif emptied | length > 0 and not saltwell._setting('allow_empty', false) -%}
    {%- do saltwell._refuse('the model has no rows of ' ~ emptied | join(', ') ~ ', which have some in ' ~ this
      ~ '; allow_empty=true lets them become empty') -%}
  {%- elif commands | length == 0 and not has_changed and not saltwell._setting('allow_empty', false) -%}
    {%- do saltwell._refuse('the model has no rows; allow_empty=true lets such a run change nothing') -%}
  {%- endif -%}
  {{- return(commands) -}}
{% endmacro %}

{% macro _uuid() %}
  {{- return(saltwell._values("SELECT toString(uuid) FROM system.tables WHERE database = " ~ saltwell._literal(this.schema)
    ~ " AND name = " ~ saltwell._literal(this.identifier))[0]) -}}
{% endmacro %}
