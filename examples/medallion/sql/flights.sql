executable(
    'period_stream --keys 1 --time detected_at --gap 604800',
    Native,
    'placement_key UInt64, detected_at DateTime(\'UTC\'), raw_id UUID, host LowCardinality(String), site_id UInt32, site_category LowCardinality(String), country LowCardinality(String), domain LowCardinality(String), utm_source LowCardinality(String), utm_campaign LowCardinality(String), group_hash UInt64, image_hash UInt64, advertiser LowCardinality(String), brand LowCardinality(String), category LowCardinality(String), format LowCardinality(String), width UInt16, height UInt16, top_px UInt16, page_depth UInt8, visit_id UInt64, visit_number UInt32, is_first_in_visit UInt8, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
    (
        SELECT placement_key, detected_at, raw_id, host, site_id, site_category, country, domain, utm_source, utm_campaign, group_hash, image_hash,
            advertiser, brand, category, format, width, height, top_px, page_depth, period_id AS visit_id, period_number AS visit_number,
            is_first_in_period AS is_first_in_visit
        FROM medallion.gold_programmatic_visits
        ORDER BY placement_key, detected_at, raw_id
    ),
    SETTINGS check_exit_code = 1, stderr_reaction = 'throw', command_read_timeout = 600000, command_write_timeout = 60000)
