#!/bin/sh
# doctor.sh --cluster over two servers of saltwell-local: one of them changes its version.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"
need_engine cluster
# shellcheck source=examples/ad_mart/cluster/nodes.sh
. "$ROOT/examples/ad_mart/cluster/nodes.sh"
trap end_nodes EXIT
trap 'exit 130' HUP INT TERM
start_nodes "$TMPDIR" || {
    not_ok 'two nodes' 'they did not start'
    exit 1
}

doctor() {
    run "$ROOT/install/doctor.sh" --url "$node1" --cluster shards
}

doctor
check_equal 'two nodes: status' '0 ' "$status $stderr"
check_contains 'two nodes: replicas' 'on all 2' "$(grep replicas "$TMPDIR/stdout")"
curl -s "$node2/" --data-binary "CREATE OR REPLACE FUNCTION saltwellVersion AS () -> '0.0.9'"
doctor
check_equal 'one of another version: status' 1 "$status"
check_contains 'one of another version: which' '0.0.9' "$(grep '^fail  replicas' "$TMPDIR/stdout")"
curl -s "$node2/" --data-binary 'DROP FUNCTION saltwellVersion'
doctor
check_contains 'one without: how many' 'on 2, found it on 1' "$(grep '^fail  replicas' "$TMPDIR/stdout")"
