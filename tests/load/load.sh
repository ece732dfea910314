# shellcheck shell=sh disable=SC2034 # read by the files below
# What the tests of examples/incremental_load share: PostgreSQL, the light Phoenix server and two nodes. Read after lib.sh.

here=$ROOT/examples/incremental_load
# shellcheck source=examples/publish/client.sh
. "$ROOT/examples/publish/client.sh"
# shellcheck source=examples/publish/server.sh
. "$ROOT/examples/publish/server.sh"
# shellcheck source=examples/ad_mart/cluster/nodes.sh
. "$ROOT/examples/ad_mart/cluster/nodes.sh"
# shellcheck source=examples/publish/postgres.sh
. "$ROOT/examples/publish/postgres.sh"
# shellcheck source=examples/incremental_load/servers.sh
. "$here/servers.sh"

# begin_load NAME: starts them, in $work, or skips the test where one is missing.
begin_load() {
    missing=$(missing_servers | head -n 1)
    if [ -n "$missing" ]; then
        skip "$1" "there is no $missing"
        exit 0
    fi
    work=$TMPDIR/work scratch=$TMPDIR/scratch database=default query_tag=test
    mkdir -p "$work" "$scratch"
    trap end_load EXIT
    trap 'exit 129' HUP INT TERM
    start_postgres etl postgres && start_phoenix && start_clickhouse || exit 1
    url=$node1
}

end_load() {
    end_servers
    [ -n "${SALTWELL_TEST_RUN:-}" ] || rm -rf "$TMPDIR"
}
