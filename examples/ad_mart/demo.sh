#!/bin/sh
# The whole mart on generated events: schema, three months, backfill, one more day, validation.
# `make ad-mart` calls it. DAYS (91), ROWS (bids a day, 100000), SEED (1).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=examples/publish/client.sh
. "$here/../publish/client.sh"
# shellcheck source=examples/publish/server.sh
. "$here/../publish/server.sh"
# shellcheck source=examples/ad_mart/template.sh
. "$here/template.sh"
BUILD=${BUILD:-build}
DAYS=${DAYS:-91} ROWS=${ROWS:-100000} SEED=${SEED:-1}
first_day=2024-01-01
scratch=$(mktemp -d) database=default query_tag=demo server_pid=
times=$scratch/times

end() {
    if [ -n "$server_pid" ]; then
        kill "$server_pid" && wait "$server_pid"
    fi
    rm -rf "$scratch"
}
trap end EXIT
trap 'exit 130' HUP INT TERM

fail() {
    echo "ad-mart: $*" >&2
    exit 1
}

# timed WHAT COMMAND...
timed() {
    what=$1 began=$(date +%s.%N)
    shift
    printf '\n== %s ==\n' "$what"
    "$@" || fail "$what failed: $(last_error)"
    echo "$what	$(echo "$began $(date +%s.%N)" | awk '{ printf "%.1f", $2 - $1 }')" >>"$times"
}

generate() {
    script "$here/generate.sql" "first_day=$1" "days=$2" "rows=$ROWS" "seed=$SEED" hot=0.2
}

# Prints what differs between the marts and the raw rows; nothing may.
check_marts() {
    found=$(script "$here/check.sql") || return 1
    if [ -n "$found" ]; then
        printf '%s\n' "$found"
        fail 'the marts differ from the raw rows'
    fi
    echo 'no differences'
}

row_counts() {
    sql "SELECT name, formatReadableQuantity(total_rows), formatReadableSize(total_bytes) FROM system.tables
        WHERE concat(database, '.', name) IN ('rtb.meta_v8', 'rtb.yandex_preclick', 'marts.daily', 'marts.user_daily', 'marts.host_daily', 'marts.ip_daily')
        ORDER BY database DESC, name" | awk -F '\t' '{ printf "%-18s %18s rows %12s\n", $1, $2, $3 }'
}

rm -rf "$BUILD/ad_mart"
http=$(free_port) tcp=$(free_port)
start_server "$BUILD/ad_mart" "$http" "$tcp" || exit 1
url=$server_url
CLICKHOUSE_URL=$url
export CLICKHOUSE_URL
last_day=$(sql "SELECT toDate('$first_day') + $DAYS - 1")
next_day=$(sql "SELECT toDate('$first_day') + $DAYS")

timed 'schema' "$here/ad_mart" schema
timed "generate $DAYS days of $ROWS bids" generate "$first_day" "$DAYS"
timed 'backfill' "$here/ad_mart" backfill --from "${first_day%-*}" --to "${last_day%-*}"
timed 'generate one more day' generate "$next_day" 1
timed "dry run of $next_day" "$here/ad_mart" --date "$next_day" --dry-run
timed "one day: $next_day" "$here/ad_mart" --date "$next_day"
timed 'validation' check_marts

printf '\n== rows ==\n'
row_counts
printf '\n== seconds ==\n'
awk -F '\t' '{ printf "%-44s %8s\n", $1, $2 }' "$times"
