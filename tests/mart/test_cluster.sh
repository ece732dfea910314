#!/bin/sh
# The mart over two shards has the bits of the mart on one server.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

if ! [ -x "$BUILD/saltwell-local" ]; then
    skip cluster "no $BUILD/saltwell-local"
    exit 0
fi
# The launcher finds its plugins beside itself; the demo keeps its data in BUILD/demo_cluster.
run env DAYS=4 ROWS=2000 sh "$ROOT/examples/ad_mart/cluster/demo.sh"
cat "$TMPDIR/stdout"
check_equal 'two shards: status' "0 " "$status $stderr"
for table in user_daily host_daily ip_daily daily; do
    check_contains "two shards: $table" "marts.$table: the same bits" "$(cat "$TMPDIR/stdout")"
done
