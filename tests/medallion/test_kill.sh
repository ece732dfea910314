#!/bin/sh
# The server is killed in the middle of inserts and of a refresh of gold: nothing is lost, nothing is there twice, gold is the old
# or the new.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/medallion/medallion.sh
. "$ROOT/tests/medallion/medallion.sh"
# How often it is killed in inserts, and in refreshes.
KILLS=${KILLS:-1}

medallion_begin 5 20
generate programmatic 0 2000 >"$TMPDIR/sent"
load first <"$TMPDIR/sent" || exit 1
"$medallion/medallion" refresh || exit 1
make_batches 2000 $((100 + 100 * KILLS))
: >"$TMPDIR/loading"
keep_loading 2000 &
loader=$!
kill=0
while [ "$kill" -lt "$KILLS" ]; do
    kill=$((kill + 1))
    before=$(wc -l <"$TMPDIR/sent")
    until [ "$(wc -l <"$TMPDIR/sent")" -gt "$before" ]; do
        sleep 0.1
    done
    now_and_then 0.5
    kill_server
done
rm -f "$TMPDIR/loading"
wait "$loader"
whole 'killed in inserts'
echo "rows: $(wc -l <"$TMPDIR/sent")"

# gold: rows and the sum of all their bits.
gold() {
    sql 'SELECT count(), sum(sipHash64(*)) FROM gold_programmatic_banners'
}
"$medallion/medallion" refresh || exit 1
kill=0
while [ "$kill" -lt "$KILLS" ]; do
    kill=$((kill + 1))
    old=$(gold)
    generate programmatic $((100000 * kill)) 2000 >"$TMPDIR/more"
    load "more$kill" <"$TMPDIR/more" || exit 1
    cat "$TMPDIR/more" >>"$TMPDIR/sent"
    sql 'SYSTEM REFRESH VIEW gold_programmatic_visits'
    now_and_then 1
    kill_server
    found=$(gold)
    "$medallion/medallion" refresh || exit 1
    new=$(gold)
    case $found in
    "$old" | "$new") ok "killed in a refresh, $kill: gold is old or new" ;;
    *) not_ok "killed in a refresh, $kill: gold is old or new" "expected '$old' or '$new', found '$found'" ;;
    esac
    check_equal "killed in a refresh, $kill: the next one has all rows" "$(wc -l <"$TMPDIR/sent")" "${new%%	*}"
done
