#!/bin/sh
# A month is rebuilt after a reference row was wrong, while rows keep arriving; then once more, and the server is killed meanwhile.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/medallion/medallion.sh
. "$ROOT/tests/medallion/medallion.sh"
# How often the server is killed in a rebuild.
KILLS=${KILLS:-1}

medallion_begin 5 20
generate programmatic 0 3000 >"$TMPDIR/sent"
load first <"$TMPDIR/sent" || exit 1
make_batches 3000 $((100 + 100 * KILLS))

# wrong_sites YEAR_AND_MONTH: rows whose site is not what PostgreSQL says now.
wrong_sites() {
    sql "SELECT count() FROM silver_programmatic LEFT JOIN postgres_sites USING (host)
        WHERE toYYYYMM(detected_at) = $1 AND site_visits_per_day != visits_per_day"
}
# The number of rows, which a reader never sees fall.
watch_count() {
    scratch=$TMPDIR/watcher
    mkdir -p "$scratch"
    last=0
    while [ -e "$TMPDIR/loading" ]; do
        n=$(sql 'SELECT count() FROM silver_programmatic') || continue
        [ "$n" -ge "$last" ] || echo "$n after $last" >>"$TMPDIR/fell"
        last=$n
        sleep 0.05
    done
}
change_reference() {
    ask_postgres -c "UPDATE sites SET visits_per_day = visits_per_day + 7" &&
        sql 'SYSTEM REFRESH VIEW mirror_sites' && sql 'SYSTEM WAIT VIEW mirror_sites'
}
start_loading() {
    : >"$TMPDIR/loading"
    keep_loading "$1" &
    loader=$!
}
stop_loading() {
    rm -f "$TMPDIR/loading"
    wait "$loader"
}

change_reference
# Two inserts that are sent again after the rebuild: the answer of one did not come, the other fails half-way.
generate programmatic 100000 300 >"$TMPDIR/again"
generate programmatic 200000 300 >"$TMPDIR/half"
load again <"$TMPDIR/again" || exit 1
sql "CREATE MATERIALIZED VIEW medallion.broken TO medallion.dead_letters AS SELECT toString(throwIf(1, 'broken by the test')) AS reason FROM medallion.bronze_raw_data"
run load half <"$TMPDIR/half"
check_contains 'an insert that fails half-way' 'broken by the test' "$stderr"
sql 'DROP TABLE medallion.broken'
check_equal 'its rows are in bronze' 300 "$(sql "SELECT count() FROM bronze_raw_data WHERE insert_token = 'half'")"

check_equal 'silver is fed once: the old number stays' 1 "$([ "$(wrong_sites 202601)" -gt 1000 ] && echo 1)"
start_loading 3000
: >"$TMPDIR/fell"
watch_count &
watcher=$!
sleep 1
before=$(wc -l <"$TMPDIR/sent")
run "$medallion/medallion" rebuild --month 2026-01 --kind programmatic
check_equal 'rebuild under load' 0 "$status$stderr"
echo "rows that arrived during the rebuild: $(($(wc -l <"$TMPDIR/sent") - before))"
check_equal 'rows arrived during the rebuild' 1 "$([ "$(wc -l <"$TMPDIR/sent")" -gt "$before" ] && echo 1)"
stop_loading
wait "$watcher"
for token in again half; do
    load $token <"$TMPDIR/$token"
    cat "$TMPDIR/$token" >>"$TMPDIR/sent"
done
whole 'after a rebuild under load, with inserts sent again'
check_equal 'the number of rows never fell' '' "$(cat "$TMPDIR/fell")"
check_equal "the month has the reference's numbers" 0 "$(wrong_sites 202601)"
check_equal 'another month is as it was' 1 "$([ "$(wrong_sites 202602)" -gt 0 ] && echo 1)"
check_equal 'nothing is left' '' "$(sql "SELECT name FROM system.databases WHERE name LIKE 'medallion\\_run\\_%'")"
check_equal 'one build is left of each kind' 3 "$(sql "SELECT count() FROM system.databases WHERE name LIKE 'medallion\\_build\\_%'")"

kill=0
while [ "$kill" -lt "$KILLS" ]; do
    kill=$((kill + 1))
    change_reference
    start_loading "$(awk 'END { print NR }' "$TMPDIR/sent")"
    "$medallion/medallion" rebuild --month 2026-01 --kind programmatic >"$TMPDIR/rebuild.log" 2>&1 &
    rebuild=$!
    now_and_then 3
    kill_server
    wait "$rebuild"
    run "$medallion/medallion" recover
    check_equal "recover after kill $kill" "0" "$status$stderr"
    n=$(wrong_sites 202601)
    stop_loading
    whole "killed in a rebuild, $kill"
    run "$medallion/medallion" rebuild --month 2026-01 --kind programmatic
    check_equal "the next rebuild, $kill" "0 0" "$status $(wrong_sites 202601)$stderr"
    echo "kill $kill: $n rows had the old number, $(tail -n 1 "$TMPDIR/rebuild.log")"
done
whole 'at the end'
for call in '--month 2026-13x --kind search' '--month 2026-01 --kind radio' '--kind search'; do
    # shellcheck disable=SC2086 # words
    run "$medallion/medallion" rebuild $call
    check_equal "refused: $call" 2 "$status"
done
