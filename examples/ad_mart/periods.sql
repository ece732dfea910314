-- The period columns. A period is a run of days without a gap, and each of its rows carries its length:
-- a day that is added, changed or late changes rows of other days, and of other months. The new rows
-- come with the columns of days that stand alone; these steps find the periods of the others, from
-- the rows next to the run's days, and change the rows that differ: new ones and old ones alike.

-- step: near
-- Entities that have more than one day among the run's days, before and now, and those next to
-- them; the days that their old periods reach. An old row of the run's days that stood alone says nothing.
CREATE TABLE near_{entity} ENGINE = MergeTree ORDER BY {name} AS
SELECT {name}, min(date - days + 1) AS first_day, max(date + days - 1) AS last_day
FROM
(
    SELECT {name}, date, {name}_unique_period_length AS days FROM {published} WHERE {near}
    UNION ALL
    SELECT {name}, date, 1
    FROM new_{entity}
    WHERE (SELECT count() FROM days) > 1 OR {name} IN (SELECT {name} FROM {published} WHERE {near})
)
GROUP BY {name}
HAVING min(date) != max(date)
{small_index};

-- step: runs
-- Their periods now: those old periods without the run's days, and the new rows. No other row is next
-- to one of these, or it would be in one of those periods.
CREATE TABLE runs_{entity} ENGINE = Join(ANY, LEFT, {name}) AS
SELECT {name}, groupArray((
        xxh3(concat(reinterpretAsFixedString({key}), reinterpretAsFixedString(toInt64(period_first)))),
        period_first, period_last, daily_events_sum, unique_period_length
    )::Tuple(id UInt64, first_day Date, last_day Date, length UInt64, days UInt64)) AS runs
FROM executable(
    'period_stream --keys 1 --time date --gap 1 --emit periods --sum daily_events',
    Native,
    '{types}, period_id UInt64, period_number UInt32, period_first Date, period_last Date, period_length UInt64, unique_period_length UInt64, daily_events_sum UInt64',
    (
        SELECT {name}, date, daily_events
        FROM
        (
            SELECT {name}, date, daily_events FROM {published} WHERE {touched}
            UNION ALL
            SELECT {name}, date, daily_events FROM new_{entity} WHERE {name} IN (SELECT {name} FROM near_{entity})
        )
        ORDER BY {name}, date
    ),
    {strict})
GROUP BY {name}
{small_index};

-- step: change
-- Parts without such a row stay as they are; of the others these columns are written, and no other.
ALTER TABLE next_{table}
UPDATE
    {name}_period_id = {run}.id,
    {name}_period_length = {run}.length,
    {name}_is_first_in_period = {run}.first_day = date,
    {name}_unique_period_length = {run}.days
WHERE {reached}
  AND {run}.days > 0
  AND ({periods}) != ({run}.id, {run}.length, {run}.first_day = date, {run}.days)
SETTINGS mutations_sync = 2
