-- Alerts go out to @WEBHOOK@, a line of JSON each: what is new is laid ready, then posted, then noted as sent. What the other side
-- did not take goes out with the next round.

CREATE TABLE IF NOT EXISTS ops.webhook (at String, alert String, subject String, state String, detail String)
ENGINE = URL(@WEBHOOK@, JSONEachRow);

CREATE TABLE IF NOT EXISTS ops.sent (at DateTime64(3, 'UTC'), alert String, subject String)
ENGINE = MergeTree ORDER BY (alert, subject, at);

CREATE MATERIALIZED VIEW IF NOT EXISTS ops.ready REFRESH DEPENDS ON ops.watch
ENGINE = MergeTree ORDER BY at AS
SELECT at, alert, subject, state, detail FROM ops.alerts WHERE (at, alert, subject) NOT IN (SELECT at, alert, subject FROM ops.sent);

CREATE MATERIALIZED VIEW IF NOT EXISTS ops.send REFRESH DEPENDS ON ops.ready SETTINGS refresh_retries = 0 APPEND TO ops.webhook AS
SELECT toString(at) AS at, alert, subject, toString(state) AS state, detail FROM ops.ready ORDER BY at, alert, subject
SETTINGS max_threads = 1, max_execution_time = 30;

-- Only where what lies ready has not changed since the post began.
CREATE MATERIALIZED VIEW IF NOT EXISTS ops.remember REFRESH DEPENDS ON ops.send APPEND TO ops.sent AS
SELECT at, alert, subject
FROM ops.ready
WHERE (SELECT last_success_time FROM system.view_refreshes WHERE database = 'ops' AND view = 'send')
    >= (SELECT last_success_time FROM system.view_refreshes WHERE database = 'ops' AND view = 'ready');
