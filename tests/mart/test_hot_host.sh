#!/bin/sh
# A host with half of all rows: salted or not, the marts have the same bits.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/mart/mart.sh
. "$ROOT/tests/mart/mart.sh"

mart_begin
generate 2024-01-15 1 2000 0.5
ad_mart --date 2024-01-15
check_equal 'the host has half of the rows' 1 \
    "$(sql 'SELECT max(daily_events) / sum(daily_events) BETWEEN 0.45 AND 0.55 FROM marts.host_daily')"
check_equal 'so far no key is salted' 0 "$(grep -c salts "$TMPDIR/ad_mart.log")"
not_salted=$(fingerprint)

# As if a million rows were 600, then 20: the host alone is hot, then others with it.
mkdir "$TMPDIR/sql"
for hot_rows in 600 20; do
    echo "text hot_rows $hot_rows" >"$TMPDIR/sql/description"
    ad_mart --date 2024-01-15 --sql "$TMPDIR/sql"
    check_contains "$hot_rows rows are hot: the host is salted" '; salts: host site0.example ' "$(cat "$TMPDIR/ad_mart.log")"
    check_equal "$hot_rows rows are hot: the same bits" "$not_salted" "$(fingerprint)"
    [ "$hot_rows" -eq 20 ] ||
        check_equal 'no other key is salted' 1 "$(grep -o 'salts: ' "$TMPDIR/ad_mart.log" | wc -l)"
done
check_equal 'equals a full recomputation' '' "$(differences)"
