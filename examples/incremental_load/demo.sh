#!/bin/sh
# The load from end to end on one machine: `make incremental-load`. Two hours of codes in a Phoenix server in memory, two
# ClickHouse servers, PostgreSQL; a run that is killed in the middle and taken up again; late and changed rows; and at the end
# CLEAN beside Phoenix, row by row. A_MINUTE (1000) codes a minute; PHOENIX=tests/phoenix/full/server.sh for HBase and Phoenix.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
BUILD=${BUILD:-build}
A_MINUTE=${A_MINUTE:-1000}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
# shellcheck source=examples/publish/client.sh
. "$here/../publish/client.sh"
# shellcheck source=examples/publish/server.sh
. "$here/../publish/server.sh"
# shellcheck source=examples/ad_mart/cluster/nodes.sh
. "$here/../ad_mart/cluster/nodes.sh"
# shellcheck source=examples/publish/postgres.sh
. "$here/../publish/postgres.sh"
# shellcheck source=examples/incremental_load/servers.sh
. "$here/servers.sh"
# shellcheck disable=SC2034 # read by client.sh
scratch=$(mktemp -d) database=default query_tag=demo
work=$BUILD/incremental_load

end() {
    end_servers
    rm -rf "$scratch"
}
trap end EXIT
trap 'exit 130' HUP INT TERM

fail() {
    echo "incremental-load: $*" >&2
    exit 1
}

load() {
    "$here/load" --settings "$work/load.conf" "$@"
}

compare() {
    different=$(different_rows "$from" "$to" | head -n 10) || fail "$(last_error)"
    [ -z "$different" ] || fail "CLEAN and Phoenix differ:
$different"
    echo "the same $(wc -l <"$work/of_phoenix") rows in CLEAN and in Phoenix"
}

missing=$(missing_servers)
[ -z "$missing" ] || fail "there is no $missing"
rm -rf "$work"
mkdir -p "$work"
echo 'starting PostgreSQL, Phoenix and two ClickHouse servers ...'
start_postgres etl postgres && start_phoenix && start_clickhouse || exit 1
url=$node1
# Whole minutes, up to two hours ago.
to_s=$(($(date +%s) / 60 * 60)) from_s=$(($(date +%s) / 60 * 60 - 7200))
from=$(date -u -d "@$from_s" '+%Y-%m-%d %H:%M:%S') to=$(date -u -d "@$to_s" '+%Y-%m-%d %H:%M:%S')
create_codes
add_codes "$from" 120 "$A_MINUTE" 1
both=127.0.0.1:$http1,127.0.0.1:$http2
write_settings "$both"

printf '\n== tables and settings ==\n'
load schema
load --check
# From here on the first server is one that nobody can reach.
write_settings "127.0.0.1:$(free_port),$both" PUBLISH_EVERY_SLICES=4 PHX_QUERY_LAG_MINUTES=0
printf '\n== a run, killed in the middle ==\n'
"$here/load" --settings "$work/load.conf" --since "${from}Z" >"$work/killed.log" &
victim=$!
until grep -q published "$work/killed.log" || ! kill -0 $victim 2>/dev/null; do sleep 0.1; done
sleep 0.3
kill -9 $victim 2>/dev/null || fail 'the run ended before it was killed'
wait $victim 2>/dev/null || :
cat "$work/killed.log"
printf '\n== taken up from its watermark ==\n'
load | tee "$work/taken_up.log"
grep -q 'closed the entry of run .*: its process is gone' "$work/taken_up.log" || fail 'the killed run was not seen'
compare
printf '\n== late and changed rows ==\n'
add_codes "$from" 120 5 2
change_codes 99 100 1
load --since "${from}Z"
compare
printf '\n== the journal ==\n'
psql -X -q "$postgres_dsn" -c "SELECT process, state, to_char(watermark AT TIME ZONE 'UTC', 'HH24:MI') AS watermark, details->>'rows' AS rows,
    details->>'load_ms' AS load_ms, coalesce(details->>'publish_ms', details->>'ms') AS publish_ms, error FROM inc_processing ORDER BY id"
