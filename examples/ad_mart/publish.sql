-- Publishing. Everything lies ready in the run's database before the first step; from the plan's line
-- on the publication is decided, and whoever comes next completes it: every step may run twice.
--
-- What a reader may count on: REPLACE PARTITION swaps a whole month of one mart at once. The four
-- marts follow one another, so a query over several of them can for some milliseconds see a new month
-- in one and the old in the next. A day's 'success' line in the manifest comes last.

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

-- step: replace_user
-- The table behind FROM is the run's.
ALTER TABLE marts.user_daily REPLACE PARTITION ID {month:String} FROM user_daily

-- step: replace_host
ALTER TABLE marts.host_daily REPLACE PARTITION ID {month:String} FROM host_daily

-- step: replace_ip
ALTER TABLE marts.ip_daily REPLACE PARTITION ID {month:String} FROM ip_daily

-- step: replace_daily
ALTER TABLE marts.daily REPLACE PARTITION ID {month:String} FROM daily

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
