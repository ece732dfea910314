-- Publishing. Everything lies ready in the run's database before the first step; from the plan's line
-- on the publication is decided, and whoever comes next completes it: every step may run twice.
--
-- Per mart: a clone of the table (hard links, no bytes copied), REPLACE PARTITION of each month in the
-- clone, then EXCHANGE TABLES. Replacing the partitions of the mart itself would not do: a server that
-- is killed between taking the new parts in and throwing the old ones out starts with both, and the
-- month is there twice (seen once in 25 tries with ClickHouse 26.7). The exchange is one rename.
--
-- What a reader may count on: all months of one mart change at once. The four marts follow one
-- another, so a query over several of them can for some milliseconds see the new state of one and the
-- old state of the next. A day's 'success' line in the manifest comes last.

-- step: plan
INSERT INTO marts.plan (run, step, dates, months, due, seconds)
SELECT
    {run:String}, 'publish',
    (SELECT groupArray(date) FROM (SELECT date FROM days ORDER BY date)),
    (SELECT groupArray(month) FROM (SELECT month FROM build ORDER BY month)),
    (SELECT groupArray(month) FROM (SELECT month FROM months WHERE month NOT IN (SELECT month FROM build) ORDER BY month)),
    {seconds:Float64}

-- step: unfinished
-- Runs that decided and did not finish, the oldest first.
SELECT run FROM marts.plan GROUP BY run HAVING countIf(step = 'done') = 0 ORDER BY min(at)

-- step: plan_months
SELECT arrayJoin(months) FROM marts.plan WHERE run = {run:String} AND step = 'publish'

-- step: drop_user
-- What a run that was killed here left.
DROP TABLE IF EXISTS next_user_daily

-- step: clone_user
CREATE TABLE next_user_daily CLONE AS marts.user_daily

-- step: replace_user
-- The table behind FROM is the one that periods.sql built.
ALTER TABLE next_user_daily REPLACE PARTITION ID {month:String} FROM user_daily

-- step: exchange_user
EXCHANGE TABLES marts.user_daily AND next_user_daily

-- step: drop_host
DROP TABLE IF EXISTS next_host_daily

-- step: clone_host
CREATE TABLE next_host_daily CLONE AS marts.host_daily

-- step: replace_host
ALTER TABLE next_host_daily REPLACE PARTITION ID {month:String} FROM host_daily

-- step: exchange_host
EXCHANGE TABLES marts.host_daily AND next_host_daily

-- step: drop_ip
DROP TABLE IF EXISTS next_ip_daily

-- step: clone_ip
CREATE TABLE next_ip_daily CLONE AS marts.ip_daily

-- step: replace_ip
ALTER TABLE next_ip_daily REPLACE PARTITION ID {month:String} FROM ip_daily

-- step: exchange_ip
EXCHANGE TABLES marts.ip_daily AND next_ip_daily

-- step: drop_daily
DROP TABLE IF EXISTS next_daily

-- step: clone_daily
CREATE TABLE next_daily CLONE AS marts.daily

-- step: replace_daily
ALTER TABLE next_daily REPLACE PARTITION ID {month:String} FROM daily

-- step: exchange_daily
EXCHANGE TABLES marts.daily AND next_daily

-- step: manifest
INSERT INTO marts.manifest
SELECT date, 'success', seconds, '', now(), 'marts.daily marts.user_daily marts.host_daily marts.ip_daily', run
FROM marts.plan
ARRAY JOIN dates AS date
WHERE run = {run:String} AND step = 'publish'
  AND run NOT IN (SELECT run FROM marts.manifest WHERE status = 'success')

-- step: finished
INSERT INTO marts.plan (run, step) VALUES ({run:String}, 'done')

-- step: failed
INSERT INTO marts.manifest
VALUES ({day:Date}, 'failed', {seconds:Float64}, {error:String}, now(), '', {run:String})
