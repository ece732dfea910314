#!/bin/sh
# The period columns stay exact when a day is added, run again or arrives late, and the marts have the
# same bits however they came about.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/mart/mart.sh
. "$ROOT/tests/mart/mart.sh"

mart_begin
generate 2024-01-28 8 600

# check_state NAME: the marts are what the raw rows give.
check_state() {
    check_equal "$1: equals a full recomputation" '' "$(differences)"
}

ad_mart --date 2024-01-30 && ad_mart --date 2024-01-31
check_state 'two days'
before=$(fingerprint)
ad_mart --date 2024-01-31
check_equal 'the same day again: the same bits' "$before" "$(fingerprint)"

ad_mart --date 2024-02-02
check_state 'a day behind a gap'
ad_mart --date 2024-02-01
check_state 'the late day that closes the gap, over the end of a month'
ad_mart --date 2024-01-28 --date 2024-02-04
check_state 'two days in two months at once'
ad_mart --date 2024-01-29 --date 2024-02-03
check_state 'two more'
everything=$(fingerprint)

# Rows that arrive late: a bid more and a bid less in a day that is published, and a later preclick.
sql "INSERT INTO rtb.meta_v8 SELECT * REPLACE ('late' AS bid_id, 4242 AS user_id, '10.9.9.9' AS device_ip) FROM rtb.meta_v8
    WHERE event_date = '2024-01-31' ORDER BY bid_id LIMIT 1"
gone=$(sql "SELECT user_id FROM rtb.meta_v8 WHERE toDate(event_time, 'Europe/Moscow') = '2024-01-31' GROUP BY user_id
    HAVING user_id IN (SELECT user_id FROM marts.user_daily WHERE user_id_unique_period_length > 4 AND date = '2024-01-31') ORDER BY user_id LIMIT 1")
sql "DELETE FROM rtb.meta_v8 WHERE user_id = $gone AND toDate(event_time, 'Europe/Moscow') = '2024-01-31'"
sql "INSERT INTO rtb.yandex_preclick SELECT * REPLACE (received_at + 1000000 AS received_at, 77 AS avg_visit_duration) FROM rtb.yandex_preclick
    WHERE toDate(event_time, 'Europe/Moscow') = '2024-01-31' ORDER BY resp_bid_id LIMIT 1"
ad_mart --date 2024-01-31
check_state 'a day with late rows and without others'
check_equal "the user that left the day has two periods" 2 "$(sql "SELECT uniqExact(user_id_period_id) FROM marts.user_daily
    WHERE user_id = $gone AND date BETWEEN '2024-01-30' AND '2024-02-01'")"
check_equal 'the later preclick counts' 1 "$(sql "SELECT countIf(daily_avg_visit_duration.mean = 77) > 0 FROM marts.daily WHERE date = '2024-01-31'")"
late=$(fingerprint)
check_equal 'the marts have changed' 1 "$([ "$late" != "$everything" ] && echo 1)"

# A day more costs its own rows: what it does not change stays the same files, months and columns.
# columns MONTH: the inodes and names of the columns' files of the month in host_daily.
columns() {
    sql "SELECT path FROM system.parts WHERE database = 'marts' AND table = 'host_daily' AND active AND partition = '$1'" |
        while read -r part; do stat -c '%i %n' "$part"*.bin; done | sed 's#/.*/##' | sort
}
sql "INSERT INTO rtb.meta_v8 SELECT * REPLACE (concat('new', bid_id) AS bid_id, event_date + 30 AS event_date, event_time + INTERVAL 30 DAY AS event_time)
    FROM (SELECT * FROM rtb.meta_v8 WHERE toDate(event_time, 'Europe/Moscow') = '2024-01-30')"
january=$(columns 202401)
ad_mart --date 2024-02-29
check_equal 'a day after a gap: January is not written' "$january" "$(columns 202401)"
sql "INSERT INTO rtb.meta_v8 SELECT * REPLACE ('late2' AS bid_id) FROM rtb.meta_v8 WHERE event_date = '2024-02-02' ORDER BY bid_id LIMIT 1"
ad_mart --date 2024-02-02
check_state 'a late row in February'
check_equal 'a late row in February: January has other period columns' 1 "$([ "$january" != "$(columns 202401)" ] && echo 1)"
check_equal 'a late row in February: no other column of January is written' "$(echo "$january" | grep -v period)" "$(columns 202401 | grep -v period)"
stepwise=$(fingerprint)

# Everything from nothing, a month at a time: the same bits as day by day.
for table in user_daily host_daily ip_daily daily manifest publications; do sql "TRUNCATE TABLE marts.$table"; done
ad_mart backfill --from 2024-01 --to 2024-02
check_state 'backfill'
check_equal 'backfill: the same bits as day by day' "$stepwise" "$(fingerprint)"
ad_mart backfill --from 2024-01 --to 2024-02 --resume
check_contains 'backfill --resume leaves complete months out' '202402 is complete' "$(cat "$TMPDIR/ad_mart.log")"
check_equal 'nothing is left in the server' '' "$(sql "SELECT name FROM system.databases WHERE name LIKE 'marts\\_run%'")$(sql "SELECT name FROM system.tables WHERE database = 'marts' AND name LIKE '%lock%'")"

# The salts do not change a bit: as if keys of two rows were hot.
mkdir "$TMPDIR/sql"
echo 'text hot_rows 2' >"$TMPDIR/sql/description"
before=$(fingerprint)
ad_mart --date 2024-02-01 --sql "$TMPDIR/sql"
check_contains 'many salts were used' '; salts: host site0.example ' "$(cat "$TMPDIR/ad_mart.log")"
check_equal 'many salts: the same bits' "$before" "$(fingerprint)"
