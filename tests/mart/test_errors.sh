#!/bin/sh
# Runs that must not succeed: a clear message, status 1 or 2, and no change to the marts.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/mart/mart.sh
. "$ROOT/tests/mart/mart.sh"

mart_begin
generate 2024-01-30 2 300
generate 2024-02-02 1 300
ad_mart --date 2024-01-30
before=$(fingerprint)

# refused NAME STATUS FRAGMENT ARGUMENT...
refused() {
    refused_name=$1 refused_status=$2 fragment=$3
    shift 3
    run "$mart/ad_mart" "$@"
    check_equal "$refused_name: status" "$refused_status" "$status"
    check_contains "$refused_name: message" "$fragment" "$stderr"
    check_equal "$refused_name: the marts are as they were" "$before" "$(fingerprint)"
    check_equal "$refused_name: nothing is left" '' "$(sql "SELECT name FROM system.databases WHERE name LIKE 'marts\\_run%'")"
}

refused 'wrong date format' 2 "expected YYYY-MM-DD, found '30.01.2024'" --date 30.01.2024
refused 'no such day' 2 "there is no day '2024-02-30'" --date 2024-02-30
refused 'wrong month' 2 "--to: expected YYYY-MM, found '2024-13'" backfill --from 2024-01 --to 2024-13
refused 'months the wrong way' 2 '--from 2024-02 is after --to 2024-01' backfill --from 2024-02 --to 2024-01
refused 'unknown argument' 2 "unknown argument '--nonsense'" --nonsense
refused 'no argument' 2 'nothing to do'
refused 'unknown date' 1 '2031-05-05 is unknown: rtb.meta_v8 has rows from 2024-01-29 to 2024-02-02' --date 2031-05-05
refused 'months without rows' 1 'no rows from 2031-01 to 2031-02' backfill --from 2031-01 --to 2031-02
refused 'empty day' 1 '2024-02-01 is empty' --date 2024-02-01
refused 'one of two days is empty' 1 '2024-02-01 is empty' --date 2024-01-31 --date 2024-02-01
check_equal 'the manifest has the failure' 'failed	1' \
    "$(sql "SELECT status, position(error, 'is empty') > 0 FROM marts.manifest WHERE date = '2024-02-01' ORDER BY processed_at DESC LIMIT 1")"

# A preclick table whose keys are not unique after the deduplication.
mkdir "$TMPDIR/sql"
sed '/LIMIT 1 BY/d' "$mart/mart.sql" >"$TMPDIR/sql/mart.sql"
refused 'row-count check' 1 'the join changed the number of rows: expected the 300 rows of rtb.meta_v8, found 3' --date 2024-01-31 --sql "$TMPDIR/sql"
check_equal 'row-count check: in the manifest' 'failed' "$(sql "SELECT status FROM marts.manifest WHERE date = '2024-01-31'")"

sed 's/merge_partials --keys/merge_partials --nonsense --keys/' "$mart/mart.sql" >"$TMPDIR/sql/mart.sql"
refused 'a pass that fails' 1 'mart.sql, step aggregate' --date 2024-01-31 --sql "$TMPDIR/sql"
check_equal 'a pass that fails: in the manifest, once' 'failed' "$(sql "SELECT status FROM marts.manifest WHERE date = '2024-01-31' AND error LIKE '%nonsense%'")"
refused 'no such mart' 2 "found 'nobody'" --date 2024-01-31 --marts user,nobody

sql 'RENAME TABLE rtb.yandex_preclick TO rtb.elsewhere'
refused 'missing table' 1 'the table rtb.yandex_preclick is missing' --date 2024-01-31
sql 'RENAME TABLE rtb.elsewhere TO rtb.yandex_preclick'

# A lock of another machine, and one of a living process here.
sql "CREATE TABLE marts.publish_lock (held UInt8) ENGINE = Memory COMMENT 'run=x host=elsewhere pid=1 since=2024-01-01T00:00:00Z'"
refused 'lock held elsewhere' 1 'another run holds the lock (run=x host=elsewhere pid=1' --date 2024-01-31
check_equal 'lock held elsewhere: it is still held' 1 "$(sql 'EXISTS TABLE marts.publish_lock')"
check_equal 'lock held elsewhere: not a failed day' 0 "$(sql "SELECT count() FROM marts.manifest WHERE error LIKE '%lock%'")"
sql 'DROP TABLE marts.publish_lock'
sql "CREATE TABLE marts.publish_lock (held UInt8) ENGINE = Memory COMMENT 'run=y host=$(uname -n) pid=$$ since=2024-01-01T00:00:00Z'"
refused 'lock held here' 1 'another run holds the lock (run=y' --date 2024-01-31
sql 'DROP TABLE marts.publish_lock'

run "$mart/ad_mart" --date 2024-01-31 --url http://127.0.0.1:1
check_equal 'no server: status' 1 "$status"
check_contains 'no server: message' 'no answer from the server' "$stderr"

"$mart/ad_mart" --date 2024-01-31 --dry-run 2>&1 | tr -s ' ' >"$TMPDIR/dry"
check_contains 'dry run: counts' 'bids: 300' "$(cat "$TMPDIR/dry")"
check_contains 'dry run: plan' 'months_to_publish: 202401' "$(cat "$TMPDIR/dry")"
check_equal 'dry run: the marts are as they were' "$before" "$(fingerprint)"
"$mart/ad_mart" backfill --from 2024-01 --to 2024-02 --dry-run 2>&1 | tr -s ' ' >"$TMPDIR/dry"
check_contains 'dry run of a backfill: the plan' 'months_to_publish: 202401' "$(cat "$TMPDIR/dry")"
check_contains 'dry run of a backfill: the salts' 'user_salts: 1' "$(cat "$TMPDIR/dry")"
check_equal 'dry run of a backfill: the marts are as they were' "$before" "$(fingerprint)"
check_equal 'dry run: no database' '' "$(sql "SELECT name FROM system.databases WHERE name LIKE 'marts\\_run%'")"

# Two runs of one day at once: one publishes, the other is refused.
"$mart/ad_mart" --date 2024-01-31 >"$TMPDIR/one" 2>&1 &
one=$!
"$mart/ad_mart" --date 2024-01-31 >"$TMPDIR/two" 2>&1
two_status=$?
one_status=0
wait $one || one_status=$?
check_equal 'two at once: one of them succeeds' 1 $((one_status + two_status))
check_contains 'two at once: the other says why' 'lock' "$(cat "$TMPDIR/one" "$TMPDIR/two")"
check_equal 'two at once: the marts are right' '' "$(differences)"

# A stale lock: the owner was here and is dead.
sh -c 'exit 0' &
dead=$!
wait $dead
sql "CREATE TABLE marts.publish_lock (held UInt8) ENGINE = Memory COMMENT 'run=z host=$(uname -n) pid=$dead since=2024-01-01T00:00:00Z'"
run "$mart/ad_mart" --date 2024-01-31
check_equal 'stale lock: taken over' 0 "$status"
sql "CREATE TABLE marts.publish_lock (held UInt8) ENGINE = Memory COMMENT 'run=w host=elsewhere pid=1 since=2024-01-01T00:00:00Z'"
run "$mart/ad_mart" --date 2024-01-31 --break-lock
check_equal 'broken lock: taken over' 0 "$status"

# A busy server: the run waits and says so, and goes on when there is room.
run timeout 4 "$mart/ad_mart" --date 2024-01-31 --max-queries 0
check_contains 'busy server: waits' 'the server is busy' "$(cat "$TMPDIR/stdout")"
check_equal 'busy server: the marts are right' '' "$(differences)"
