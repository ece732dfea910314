{# The input of the banners: visits, numbered by flight. The script has sql/flights.sql in its place. #}
{% macro flights() %}
(
{{ saltwell.period_stream(ref('gold_programmatic_visits'), keys=['placement_key'], time='detected_at', gap=604800, ties='raw_id', columns=['placement_key',
    'detected_at', 'raw_id', 'host', 'site_id', 'site_category', 'country', 'domain', 'utm_source', 'utm_campaign', 'group_hash', 'image_hash',
    'advertiser', 'brand', 'category', 'format', 'width', 'height', 'top_px', 'page_depth', 'period_id AS visit_id', 'period_number AS visit_number',
    'is_first_in_period AS is_first_in_visit']) }}
)
{% endmacro %}
