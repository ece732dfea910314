#!/bin/sh
# The medallion as dbt models: the gold tables that its own views make.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/dbt/dbt.sh
. "$ROOT/tests/dbt/dbt.sh"
need_dbt 'the medallion as dbt models'
# shellcheck source=tests/medallion/medallion.sh
. "$ROOT/tests/medallion/medallion.sh"

medallion_begin 5 20
for kind in programmatic search marketplace; do
    generate $kind 0 2000 >"$TMPDIR/lines"
    load $kind <"$TMPDIR/lines" || exit 1
done
"$medallion/medallion" refresh || exit 1

# dbt writes into the project's folder.
mkdir -p "$TMPDIR/tree/install" "$TMPDIR/tree/examples/medallion"
cp -R "$ROOT/install/dbt" "$TMPDIR/tree/install"
cp -R "$medallion/dbt" "$medallion/sql" "$TMPDIR/tree/examples/medallion"
CLICKHOUSE_PORT=$http DBT_SEND_ANONYMOUS_USAGE_STATS=False
export CLICKHOUSE_PORT DBT_SEND_ANONYMOUS_USAGE_STATS
# shellcheck disable=SC2154 # limit and clients are those of dbt.sh
printf 'deps\nbuild\n' | $limit "$clients/python/bin/python" "$ROOT/tests/dbt/commands.py" "$TMPDIR/tree/examples/medallion/dbt" \
    >"$TMPDIR/dbt.log" 2>&1 || not_ok 'dbt' "$(tail -n 30 "$TMPDIR/dbt.log")"

# bits DATABASE TABLE: of all columns.
bits() {
    columns=$(sql "SELECT arrayStringConcat(groupArray(name), ', ') FROM system.columns WHERE database = 'medallion' AND table = '$2'")
    sql "SELECT count() > 0, count(), sum(sipHash64(formatRow('RowBinary', $columns))) FROM $1.$2" || last_error
}
for table in gold_programmatic_banners gold_search_results gold_marketplace_shelves gold_site_days gold_creative_clusters gold_repeats gold_kutm; do
    expected=$(bits medallion $table)
    check_contains "$table has rows" '1	' "$expected"
    check_equal "$table: the bits of the views'" "$expected" "$(bits medallion_dbt $table)"
done

python3 - "$TMPDIR/tree/examples/medallion/dbt/target/manifest.json" >"$TMPDIR/lineage" <<'END'
import json
import sys

for child, parents in json.load(open(sys.argv[1]))["parent_map"].items():
    if child.startswith("model."):
        for parent in parents:
            print("   ", parent.rsplit(".")[-1], "-->", child.rsplit(".")[-1])
END
sort "$TMPDIR/lineage" >"$TMPDIR/lineage_of_dbt"
grep ' --> ' "$medallion/README.md" | sort >"$TMPDIR/lineage_of_page"
check_files_equal "the README's lineage is dbt's" "$TMPDIR/lineage_of_dbt" "$TMPDIR/lineage_of_page"
