#!/bin/sh
# The refreshable views keep the marts as the script would: on a schedule of seconds instead of days,
# without anybody who starts them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/mart/mart.sh
. "$ROOT/tests/mart/mart.sh"

mart_begin
generate 2024-01-29 5 400
# As if the last two days had never been computed, and the one before been computed before late rows came.
sql "CREATE TABLE rtb.later AS rtb.meta_v8"
sql "INSERT INTO rtb.later SELECT * FROM rtb.meta_v8 WHERE toDate(event_time, 'Europe/Moscow') >= '2024-02-01' OR bid_id LIKE '%7'"
sql "DELETE FROM rtb.meta_v8 WHERE bid_id IN (SELECT bid_id FROM rtb.later)"
ad_mart backfill --from 2024-01 --to 2024-01
sql "INSERT INTO rtb.meta_v8 SELECT * FROM rtb.later WHERE toDate(event_time, 'Europe/Moscow') >= '2024-01-31'"

sql 'CREATE DATABASE marts_auto' && database=marts_auto
"$mart/ad_mart" views | sed -e 's/EVERY 1 DAY OFFSET 3 HOUR/EVERY 3 SECOND/' \
    -e "s/^SELECT toDate(now('Europe\/Moscow')) - number AS date.*/SELECT toDate('2024-02-03') - number AS date FROM numbers(1, 3);/" >"$TMPDIR/views.sql"
script "$TMPDIR/views.sql" || not_ok 'views.sql' "$(last_error)"
database=default

# wait_for NAME SECONDS QUERY: until the query answers 1 and no view's last refresh has failed. (One that came
# between two states of the raw rows, or of the window, fails, and the next one does not.)
wait_for() {
    waited=0
    until found=$(sql "$3")$(sql "SELECT view, exception FROM system.view_refreshes WHERE exception != ''") && [ "$found" = 1 ]; do
        waited=$((waited + 1))
        [ $waited -le "$2" ] || break
        sleep 1
    done
    check_equal "$1" 1 "$found"
}

# twice: two whole rounds from now on, so that what the first found is no longer in the open tables alone.
round_done='SELECT uniqExact(processed_at) >= 2 FROM marts_auto.manifest WHERE processed_at > '
wait_for 'the chain of views runs by itself' 40 "$round_done 0"
ad_mart --date 2024-01-31 --date 2024-02-01 --date 2024-02-02
check_equal 'the bits of the script' "$(fingerprint)" "$(fingerprint marts_auto)"
check_equal 'equals a full recomputation' '' "$(differences)"

sql "INSERT INTO rtb.meta_v8 SELECT * REPLACE ('late' AS bid_id) FROM rtb.meta_v8 WHERE event_date = '2024-02-01' ORDER BY bid_id LIMIT 1"
gone=$(sql "SELECT any(user_id) FROM marts.user_daily WHERE date = '2024-02-01' AND user_id_unique_period_length > 1")
sql "DELETE FROM rtb.meta_v8 WHERE user_id = $gone AND toDate(event_time, 'Europe/Moscow') = '2024-02-01'"
now=$(sql 'SELECT now() + 1')
ad_mart --date 2024-02-01
wait_for 'a late row, and one that is gone' 40 "$round_done '$now'"
check_equal 'late: the bits of the script' "$(fingerprint)" "$(fingerprint marts_auto)"

# What a refresh does not concern is not read again into the tables.
check_equal 'closed days were written once' 1 "$(sql "SELECT max(version) = 0 FROM marts_auto.daily_rows WHERE date < '2024-01-31'")"
# A window that moves on leaves the days that it had, also the one without rows.
sql "CREATE OR REPLACE VIEW marts_auto.open_days AS SELECT toDate('2024-02-02') AS date"
now=$(sql 'SELECT now() + 1')
wait_for 'the window moves on' 40 "$round_done '$now'"
check_equal 'the window moves on: the same bits' "$(fingerprint)" "$(fingerprint marts_auto)"

# A failed refresh leaves the marts as they were.
before=$(fingerprint marts_auto)
sql 'RENAME TABLE rtb.yandex_preclick TO rtb.elsewhere'
waited=0
until exception=$(sql "SELECT exception FROM system.view_refreshes WHERE view = 'events' AND exception != ''") && [ -n "$exception" ]; do
    waited=$((waited + 1))
    [ $waited -le 60 ] || break
    sleep 1
done
check_contains 'a failed refresh says why' 'yandex_preclick' "$exception"
check_equal 'a failed refresh changes nothing' "$before" "$(fingerprint marts_auto)"

# Queries that begin while a refresh replaces a table see one state of it, or are told to ask again. The other
# state has no open day, so its readers see the rows that were absorbed: the same number.
sql 'SYSTEM STOP VIEWS'
sql 'CREATE TABLE marts_auto.other AS marts_auto.open_user'
sql 'INSERT INTO marts_auto.other SELECT * REPLACE (9 AS refresh) FROM marts_auto.open_user WHERE is_open = 2'
expected=$(sql 'SELECT count() FROM marts_auto.user_daily')
sql 'EXCHANGE TABLES marts_auto.open_user AND marts_auto.other'
check_equal 'as many rows with no day open' "$expected" "$(sql 'SELECT count() FROM marts_auto.user_daily')"
: >"$TMPDIR/swapping"
(scratch=$TMPDIR/swap && mkdir "$scratch" && while [ -e "$TMPDIR/swapping" ]; do sql 'EXCHANGE TABLES marts_auto.open_user AND marts_auto.other'; done) &
swapper=$!
other=
n=0
while [ $n -lt 150 ]; do
    n=$((n + 1))
    found=$(sql 'SELECT count() FROM marts_auto.user_daily') || found=$(last_error)
    case $found in "$expected" | *'ask again'*) ;; *) other="$other $found" ;; esac
done
rm "$TMPDIR/swapping"
wait "$swapper"
check_equal 'one state of a table, or none' '' "$other"
sql 'INSERT INTO marts_auto.other SELECT * FROM marts_auto.open_user'
sql 'INSERT INTO marts_auto.open_user SELECT * FROM marts_auto.other'
check_equal 'two states at once are refused' refused "$(sql 'SELECT count() FROM marts_auto.user_daily' || echo refused)"
