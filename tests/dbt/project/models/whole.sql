{#- A row per user, of an odd condition on texts; merge is the array form of merge_partials. -#}
{{ config(materialized='table', order_by='user') }}
SELECT user, events, moments, merged
FROM
(
{{ saltwell.merge_partials(source('shop', 'events'), keys='user', columns=['user', 'seconds'], ops={'events': 'count()', 'moments': 'exact(seconds)'},
    where="page != 'it\\'s \\\\ \"odd\"'\n -- and a comment\n") }}
) AS whole
JOIN (SELECT user, exactMoments({{ saltwell.merge('seconds') }}) AS merged FROM {{ ref('daily') }} GROUP BY user) AS days USING (user)
