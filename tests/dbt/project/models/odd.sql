{#- Every argument, over columns whose names need quotes. -#}
{{ config(materialized='table') }}
{{ saltwell.period_stream(source('shop', 'odd'), keys=['the user', "it's"], time='ts', gap=1800, max_span=7200, emit='periods',
    sum=['a`b', 'back\\slash'], moments='a`b', exact=['null'], restart='re"start', shards=3, keys_unordered=true, patience=60, max_memory=1000000000) }}
