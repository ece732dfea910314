# shellcheck shell=sh disable=SC2154 # the caller's variables
# The two tests of killed runs; the caller defines kill_it and says in $what what is killed.
#
# The raw rows change to and fro between two states, in two days of two months. Ten times a run that
# follows the change is killed at a random moment, three times more while it publishes; before anything
# else is done every mart must show every day as it was or as it will be, and the next run must end
# with the state's own bits. KILL_MOMENTS names fewer moments: tenths of a run, 0 to 9, or `publishing`.
kill_moments=${KILL_MOMENTS:-0 1 2 3 4 5 6 7 8 9 publishing publishing publishing}

# Late rows of the two days, in and out again.
rows_come() {
    sql "INSERT INTO rtb.meta_v8 SELECT * REPLACE (concat('late', bid_id) AS bid_id) FROM rtb.meta_v8
        WHERE toDate(event_time, 'Europe/Moscow') IN ('2024-01-31', '2024-02-01') ORDER BY bid_id LIMIT 50"
}

rows_go() {
    sql "DELETE FROM rtb.meta_v8 WHERE bid_id LIKE 'late%'"
}

# The lines of the marts' days that are neither as before nor as after.
half_days() {
    day_counts | sort >"$TMPDIR/now"
    comm -23 "$TMPDIR/now" "$TMPDIR/both_counts"
    # and no day less
    cut -f 1,2 "$TMPDIR/counts0" | sort >"$TMPDIR/days0"
    cut -f 1,2 "$TMPDIR/now" | sort | comm -13 - "$TMPDIR/days0"
}

run_both_days() {
    "$mart/ad_mart" --date 2024-01-31 --date 2024-02-01
}

# Polls the marts while a run goes on, as a reader would; stops with the file.
watch_days() {
    scratch=$TMPDIR/watch
    mkdir -p "$scratch"
    while [ -e "$TMPDIR/watching" ]; do
        for table in user_daily daily; do
            sql "SELECT '$table', date, count(), sum(daily_events) FROM marts.$table GROUP BY date ORDER BY date" >>"$TMPDIR/seen"
        done
    done
}

# Waits in the run that was just started for a random moment of its n-th tenth, or, where n is
# `publishing`, of the short time in which it puts the months in their places.
wait_for_moment() {
    at=$(awk -v n="$1" -v ms="$run_ms" -v seed="$(date +%N)" 'BEGIN {
        srand(seed); printf "%d", n == "publishing" ? 250 * rand() : ms * (n + rand()) / 10 }')
    if [ "$1" = publishing ]; then
        until grep -q publishing "$TMPDIR/log" || ! kill -0 "$victim" 2>/dev/null; do
            sleep 0.01
        done
    fi
    sleep "$(printf '%d.%03d' $((at / 1000)) $((at % 1000)))"
}

kill_once() {
    if [ "$state" -eq 1 ]; then
        state=0 wanted=$fingerprint0
        rows_go
    else
        state=1 wanted=$fingerprint1
        rows_come
    fi
    setsid "$mart/ad_mart" --date 2024-01-31 --date 2024-02-01 >"$TMPDIR/log" 2>&1 &
    victim=$!
    wait_for_moment "$1"
    if kill -0 "$victim" 2>/dev/null; then killed=$((killed + 1)); fi
    kill_it
    kill_name="$what killed at $at ms of $1"
    check_equal "$kill_name: no half day" '' "$(half_days)"
    # In a file of its own: a subshell of the killed script may still find its database gone, and say so.
    next=0
    run_both_days >"$TMPDIR/next" 2>&1 || next=$?
    ! grep -q 'finishing the publication' "$TMPDIR/next" || finished_by_next=$((finished_by_next + 1))
    check_equal "$kill_name: the next run succeeds" 0 "$next$(grep '^ad_mart:' "$TMPDIR/next")"
    check_equal "$kill_name: the same mart" "$wanted" "$(fingerprint)"
}

kill_tests() {
    mart_begin
    generate 2024-01-30 4 300
    "$mart/ad_mart" backfill --from 2024-01 --to 2024-02 >"$TMPDIR/log" 2>&1 || not_ok backfill "$(tail -n 1 "$TMPDIR/log")"
    fingerprint0=$(fingerprint)
    day_counts | sort >"$TMPDIR/counts0"
    rows_come
    began=$(date +%s%N)
    run_both_days >"$TMPDIR/log" 2>&1 || not_ok 'a run' "$(tail -n 1 "$TMPDIR/log")"
    run_ms=$((($(date +%s%N) - began) / 1000000))
    fingerprint1=$(fingerprint)
    day_counts | sort >"$TMPDIR/counts1"
    sort -u "$TMPDIR/counts0" "$TMPDIR/counts1" >"$TMPDIR/both_counts"
    check_equal 'the two states differ' 1 "$([ "$fingerprint0" != "$fingerprint1" ] && echo 1)"

    state=1 killed=0 finished_by_next=0
    : >"$TMPDIR/seen" && : >"$TMPDIR/watching"
    watch_days 2>/dev/null &
    watcher=$!
    n_moments=0
    for moment in $kill_moments; do
        n_moments=$((n_moments + 1))
        kill_once "$moment"
    done
    rm "$TMPDIR/watching"
    wait $watcher
    check_equal 'a reader beside them never saw another day' '' \
        "$(sort -u "$TMPDIR/seen" | comm -23 - "$TMPDIR/both_counts")"
    check_equal 'a reader looked' 1 "$([ "$(wc -l <"$TMPDIR/seen")" -gt 10 ] && echo 1)"
    check_equal 'nothing is left in the server' '' "$(sql "SELECT name FROM system.databases WHERE name LIKE 'marts\\_run%'")"
    check_equal 'most of the runs were really killed' 1 "$([ $((killed * 2)) -ge $n_moments ] && echo 1)"
    # Few moments may all miss the short time between the plan and the end of a publication.
    [ $n_moments -lt 13 ] ||
        check_equal 'a publication was finished by the next run' 1 "$([ $finished_by_next -ge 1 ] && echo 1)"
    echo "$killed of $n_moments runs killed; $finished_by_next publications finished by the next run"
}
