#!/bin/sh
# The refreshable views keep the marts as the script would: on a schedule of seconds instead of days,
# without anybody who starts them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/mart/mart.sh
. "$ROOT/tests/mart/mart.sh"

mart_begin
generate 2024-01-29 5 400
ad_mart backfill --from 2024-01 --to 2024-02
wanted=$(fingerprint)
# As if the last two days had never been computed, and one day been computed before late rows came.
for table in user_daily host_daily ip_daily daily; do
    sql "DELETE FROM marts.$table WHERE date >= '2024-02-01'"
done
sql "DELETE FROM marts.manifest WHERE date >= '2024-02-01'"

sed -e 's/EVERY 1 DAY OFFSET 3 HOUR/EVERY 3 SECOND/' \
    -e "s/^SELECT toDate(now('Europe\/Moscow')) - number AS date.*/SELECT toDate('2024-02-03') - number AS date FROM numbers(1, 3);/" \
    "$mart/views.sql" >"$TMPDIR/views.sql"
script "$TMPDIR/views.sql" || not_ok 'views.sql' "$(last_error)"

# wait_for NAME SECONDS QUERY: until the query answers 1.
wait_for() {
    waited=0
    until [ "$(sql "$3")" = 1 ]; do
        waited=$((waited + 1))
        [ $waited -le "$2" ] || break
        sleep 1
    done
    check_equal "$1" 1 "$(sql "$3")$(sql "SELECT view, exception FROM system.view_refreshes WHERE exception != ''")"
}

wait_for 'the chain of views runs by itself' 120 "SELECT count() >= 3 FROM marts.manifest WHERE run = 'refreshable views'"
check_equal 'the bits of the script' "$wanted" "$(fingerprint)"
check_equal 'equals a full recomputation' '' "$(differences)"

sql "INSERT INTO rtb.meta_v8 SELECT * REPLACE ('late' AS bid_id) FROM rtb.meta_v8 WHERE event_date = '2024-02-01' ORDER BY bid_id LIMIT 1"
wait_for 'a late row is taken in' 120 "SELECT sum(daily_events) = 2001 FROM marts.daily"
wait_for 'by all marts' 60 "SELECT (SELECT sum(daily_events) FROM marts.user_daily) = 2001"
check_equal 'late row: equals a full recomputation' '' "$(differences)"

# A failed refresh leaves the marts as they were.
before=$(fingerprint)
sql 'RENAME TABLE rtb.yandex_preclick TO rtb.elsewhere'
waited=0
until exception=$(sql "SELECT exception FROM system.view_refreshes WHERE view = 'events' AND exception != ''") && [ -n "$exception" ]; do
    waited=$((waited + 1))
    [ $waited -le 60 ] || break
    sleep 1
done
check_contains 'a failed refresh says why' 'yandex_preclick' "$exception"
check_equal 'a failed refresh changes nothing' "$before" "$(fingerprint)"
