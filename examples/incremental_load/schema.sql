-- On every server of the cluster. `load schema` fills in the names and columns of the settings.
CREATE DATABASE IF NOT EXISTS {{database}};

-- What came, as it came: a row for each time that it was read.
CREATE TABLE IF NOT EXISTS {{raw}}
(
    {{definitions}},
    ingested_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree PARTITION BY toYYYYMMDD({{time}}) ORDER BY ({{key}})
TTL toDateTime(ingested_at) + INTERVAL {{raw_days}} DAY;

CREATE TABLE IF NOT EXISTS {{raw}}_all AS {{raw}}
ENGINE = Distributed('{{cluster}}', '{{raw_database}}', '{{raw_name}}', sipHash64({{key}}));

-- The newest row of each key.
CREATE TABLE IF NOT EXISTS {{clean}}
(
    {{definitions}},
    ingested_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree PARTITION BY toYYYYMMDD({{time}}) ORDER BY ({{key}})
TTL toDateTime({{time}}) + INTERVAL {{clean_days}} DAY;

CREATE TABLE IF NOT EXISTS {{buffer}} AS {{clean}};

CREATE TABLE IF NOT EXISTS {{clean}}_all AS {{clean}}
ENGINE = Distributed('{{cluster}}', '{{clean_database}}', '{{clean_name}}', sipHash64({{key}}));
