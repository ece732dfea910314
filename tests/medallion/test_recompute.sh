#!/bin/sh
# The marts against a plain script that recomputes them from the parsers' lines, row by row: real bid requests and generated detections.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/medallion/medallion.sh
. "$ROOT/tests/medallion/medallion.sh"

medallion_begin 5 20
generate programmatic 0 4000 >"$TMPDIR/generated"
load generated <"$TMPDIR/generated" || exit 1
if real_bids >"$TMPDIR/real" && [ -s "$TMPDIR/real" ]; then
    load real <"$TMPDIR/real" || exit 1
else
    skip 'real bid requests' "no $SALTWELL_DATA/rtb_bid_requests.jsonl.zst"
fi
cat "$TMPDIR/generated" "$TMPDIR/real" >"$TMPDIR/programmatic"
for kind in search marketplace; do
    generate $kind 0 4000 >"$TMPDIR/$kind"
    load $kind <"$TMPDIR/$kind" || exit 1
done
check_equal 'no dead letters' 0 "$(sql 'SELECT count() FROM dead_letters')"
n_banners=$(wc -l <"$TMPDIR/programmatic")
check_equal 'every line is in bronze and in silver' "$((n_banners + 8000))	$n_banners	4000	4000" \
    "$(sql 'SELECT (SELECT uniqExact(raw_id) FROM bronze_raw_data), (SELECT count() FROM silver_programmatic), (SELECT count() FROM silver_search),
        (SELECT count() FROM silver_marketplace)')"
"$medallion/medallion" refresh || exit 1

ask_postgres -F '	' -c 'SELECT host, visits_per_day FROM sites' >"$TMPDIR/sites"
ask_postgres -F '	' -c 'SELECT format, weight FROM formats' >"$TMPDIR/formats"
sql "SELECT DISTINCT lower(domainWithoutWWW(url)), lower(cutToFirstSignificantSubdomain(url)) FROM
    (SELECT target_url AS url FROM silver_programmatic UNION ALL SELECT target_url FROM silver_search
        UNION ALL SELECT payload.seller.url.:String FROM bronze_raw_data WHERE detection_type = 'marketplace')" >"$TMPDIR/domains"
sql "SELECT raw_id, host, domain, utm_source, utm_campaign, visit_number, is_first_in_visit, flight_number, is_first_in_flight, creative_cluster,
        repeats_in_visit, kvisits, kdepth, ksquare, koffset, kformat, kutm, ots, ots_visible, ots_weighted, ots_unique
    FROM gold_programmatic_banners" >"$TMPDIR/gold"
sql 'SELECT raw_id, host, query, position, is_ad, domain, visit_number, is_first_in_visit, kvisits, kposition, ots FROM gold_search_results' >"$TMPDIR/gold_search"
sql 'SELECT raw_id, host, shelf, position, sku, price, discount, domain, visit_number, is_first_in_visit, kvisits, krow, ots
    FROM gold_marketplace_shelves' >"$TMPDIR/gold_marketplace"
# recompute KIND GOLD
recompute() {
    python3 "$ROOT/tests/medallion/recompute.py" "$1" "$TMPDIR/$1" "$TMPDIR/sites" "$TMPDIR/formats" "$TMPDIR/domains" "$2"
}
recompute programmatic "$TMPDIR/gold"
recompute search "$TMPDIR/gold_search"
recompute marketplace "$TMPDIR/gold_marketplace"

# What is compared has every case in it.
check_equal 'coefficients of every kind' '1	1	1	1	1	1	1	1' "$(sql "SELECT countIf(kvisits > 1) > 0, countIf(kutm = 1) > 0, countIf(kutm BETWEEN 0.011 AND 0.9) > 0,
    countIf(koffset < 1) > 0, countIf(kformat != 1) > 0, countIf(repeats_in_visit > 1) > 0, countIf(flight_number > 1) > 0, countIf(visit_number > 1) > 0
    FROM gold_programmatic_banners")"

# The script must see a wrong number: the same mart with one value changed.
awk -F '\t' -v OFS='\t' 'NR == 2 { $11 = $11 * 1.0001 } { print }' "$TMPDIR/gold_search" >"$TMPDIR/changed"
run recompute search "$TMPDIR/changed"
check_equal 'a changed value is found' 1 "$status"

# ---- the page ----
echo 'no detection' | load broken
sql 'INSERT INTO ops.insert_lag (seconds) VALUES (0.25), (0.25), (0.75)'
"$medallion/medallion" report >"$TMPDIR/report.html" || not_ok 'the page is drawn' "$(cat "$TMPDIR/report.html")"
check_equal 'the page reads nothing else' '' "$(grep -iE 'https?:|src=|href=|url\(|@import' "$TMPDIR/report.html")"
if ! command -v chromium >/dev/null; then
    skip 'the page in a browser' 'chromium is not installed'
    exit 0
fi
browse "$TMPDIR/report.html"
check_equal 'browser: status' 0 "$status"
# shows NAME FRAGMENT
shows() {
    check_contains "shows $1" "$2" "$(cat "$TMPDIR/stdout")"
}
n_rows=$((n_banners + 8000))
shows 'rows' "<dt>rows in bronze</dt><dd>$((n_rows / 1000)) $(printf %03d $((n_rows % 1000)))</dd>"
shows 'dead letters' '>not JSON</text><rect class="bar" rx="2" x="260" y="4" height="16" width="520"></rect><text x="788" y="17">1</text>'
shows 'a lag' '>0.25 s</text>'
shows 'a refresh' '>gold_programmatic_banners</text>'
# The top advertiser by the oracle's rows: its OTS added up here from the mart's export.
top=$(sql "SELECT advertiser FROM gold_programmatic_banners WHERE advertiser != '' GROUP BY advertiser ORDER BY sum(ots) DESC LIMIT 1")
sql "SELECT raw_id FROM gold_programmatic_banners WHERE advertiser = '$top'" >"$TMPDIR/top_ids"
shows 'the top advertiser' ">$top</text>"
shows 'its OTS' ">$(awk -F '\t' 'NR == FNR { top[$1]; next } $1 in top { sum += $18; n++ } END { x = sprintf("%.2f", sum / 1e6); sub(/\.?0+$/, "", x); printf "%s million in %d rows", x, n }' \
    "$TMPDIR/top_ids" "$TMPDIR/gold")</text>"
check_equal 'no number that is none' '' "$(grep -E '"(-?nan|-?inf)"|="-' "$TMPDIR/stdout")"
