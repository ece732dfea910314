#!/bin/sh
# The page "Add a field in half an hour", block by block, while rows keep arriving.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/medallion/medallion.sh
. "$ROOT/tests/medallion/medallion.sh"

page=$ROOT/examples/medallion/add-a-field.md
# block KIND N: the page's N-th block of this kind.
block() {
    awk -v kind="$1" -v n="$2" '$0 == "```" { found = 0 } found { print } $0 == "```" kind { found = (++seen == n) }' "$page"
}

medallion_begin 5 20
cp -r "$ROOT/examples" "$TMPDIR/examples"
generate search 0 2000 >"$TMPDIR/without"
generate search 2000 500 | sed 's/"is_ad"/"drone_height":"12.5","is_ad"/' >"$TMPDIR/with"
load without <"$TMPDIR/without" && load with <"$TMPDIR/with" || exit 1
"$medallion/medallion" refresh || exit 1

sql 'SYSTEM REFRESH VIEW ops.watch' && sql 'SYSTEM WAIT VIEW ops.watch'
check_equal 'the alert' 'search drone_height' "$(sql "SELECT subject FROM ops.alerts WHERE alert = 'unknown field'")"
check_equal 'what came' '	2000
12.5	500' "$(sql "$(block sql 1)")"
sql "$(block sql 2)"
sql 'SYSTEM REFRESH VIEW ops.watch' && sql 'SYSTEM WAIT VIEW ops.watch'
check_equal 'the alert is over' 'over' "$(sql "SELECT argMax(state, at) FROM ops.alerts WHERE alert = 'unknown field'")"

block diff 1 >"$TMPDIR/field.diff"
run patch -d "$TMPDIR/examples/medallion" -p0 -i "$TMPDIR/field.diff"
check_equal 'the change fits' 0 "$status"

# Rows with the field arrive all the while; gold is read all the while.
: >"$TMPDIR/going"
{
    scratch=$TMPDIR/sender
    mkdir "$scratch"
    n=10000
    while [ -e "$TMPDIR/going" ]; do
        generate search $n 20 | sed 's/"is_ad"/"drone_height":30,"is_ad"/' >"$scratch/lines"
        load "more $n" <"$scratch/lines" && cat "$scratch/lines" >>"$TMPDIR/more"
        rows=$(sql 'SELECT count() FROM gold_search_results') && [ "$rows" -ge 2500 ] || echo "gold had $rows rows" >>"$TMPDIR/short"
        n=$((n + 20))
    done
} &
sender=$!
: >"$TMPDIR/short"
medallion() {
    "$TMPDIR/examples/medallion/medallion" "$@" >"$TMPDIR/medallion.log" 2>&1
}
block sh 1 >"$TMPDIR/steps"
run . "$TMPDIR/steps"
check_equal 'the steps' 0 "$status$(grep '^medallion:' "$TMPDIR/medallion.log")"
rm "$TMPDIR/going"
wait "$sender"
run medallion refresh
check_equal 'gold is refreshed as before' 0 "$status"
check_equal 'the field is in gold' 30 "$(sql "$(block sql 3)")"
check_equal 'of January also what came before' "$(grep -c '"detected_at":"2026-01' "$TMPDIR/with")" \
    "$(sql "SELECT countIf(drone_height = 12) FROM gold_search_results WHERE toYYYYMM(detected_at) = 202601")"
check_equal 'every row' "$(cat "$TMPDIR/without" "$TMPDIR/with" "$TMPDIR/more" | wc -l)" "$(sql 'SELECT uniqExact(raw_id) FROM gold_search_results')"
check_equal 'no row twice' 0 "$(sql 'SELECT count() - uniqExact(raw_id) FROM gold_search_results')"
check_equal 'gold was there all the while' '' "$(cat "$TMPDIR/short")"
