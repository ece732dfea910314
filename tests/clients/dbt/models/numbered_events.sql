-- models/numbered_events.sql
{{ config(materialized='view') }}

SELECT user, ts, period_number, is_first_in_period
FROM executable(
    'period_stream --keys 1 --time ts --gap 1800',
    Native,
    'user String, ts DateTime(\'UTC\'), period_id UInt64, period_number UInt32, is_first_in_period UInt8',
    (SELECT user, ts FROM {{ source('raw', 'events') }} ORDER BY user, ts),
    SETTINGS stderr_reaction = 'throw', check_exit_code = 1, command_read_timeout = 3600000)
