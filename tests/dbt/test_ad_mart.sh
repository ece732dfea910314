#!/bin/sh
# The ad mart as dbt models: the bits of the script's marts, over days that were run at once and a day that came later.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/dbt/dbt.sh
. "$ROOT/tests/dbt/dbt.sh"
need_dbt 'the ad mart as dbt models'
# shellcheck source=tests/mart/mart.sh
. "$ROOT/tests/mart/mart.sh"

mart_begin
generate 2024-02-28 4 1000
ad_mart --date 2024-02-28 --date 2024-02-29 --date 2024-03-01 || not_ok 'the script' "$(tail -n 1 "$TMPDIR/ad_mart.log")"
ad_mart --date 2024-03-02 || not_ok 'the script' "$(tail -n 1 "$TMPDIR/ad_mart.log")"

# dbt writes into the project's folder.
mkdir -p "$TMPDIR/tree/install" "$TMPDIR/tree/examples/ad_mart"
cp -R "$ROOT/install/dbt" "$TMPDIR/tree/install"
cp -R "$mart/dbt" "$TMPDIR/tree/examples/ad_mart"
cat >"$TMPDIR/commands" <<'END'
deps
build --vars '{days: ["2024-02-28", "2024-02-29", "2024-03-01"]}'
build --vars '{days: ["2024-03-02"]}'
END
CLICKHOUSE_PORT=$http DBT_SEND_ANONYMOUS_USAGE_STATS=False
export CLICKHOUSE_PORT DBT_SEND_ANONYMOUS_USAGE_STATS
$limit "$clients/python/bin/python" "$ROOT/tests/dbt/commands.py" "$TMPDIR/tree/examples/ad_mart/dbt" \
    <"$TMPDIR/commands" >"$TMPDIR/dbt.log" 2>&1 || not_ok 'dbt' "$(tail -n 30 "$TMPDIR/dbt.log")"

for table in user_daily host_daily ip_daily daily; do
    columns=$(sql "SELECT arrayStringConcat(groupArray(name), ', ') FROM system.columns
        WHERE database = 'marts' AND table = '$table' AND default_kind = ''")
    bits="SELECT count(), uniqExact(date), sum(sipHash64(formatRow('RowBinary', $columns)))"
    expected=$(sql "$bits FROM marts.$table")
    check_contains "$table: four days" '	4	' "$expected"
    check_equal "$table: the bits of the script's" "$expected" "$(sql "$bits FROM marts_dbt.$table")"
done
check_equal 'periods of several days are among them' 1 "$(sql 'SELECT max(user_id_unique_period_length) > 2 FROM marts_dbt.user_daily')"
