#!/bin/sh
# The same mart over two shards and on one server, compared bit by bit: `make demo-cluster`.
# DAYS (5), ROWS (bids a day, 20000), SEED (1).
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=examples/publish/client.sh
. "$here/../publish/client.sh"
# shellcheck source=examples/publish/server.sh
. "$here/../publish/server.sh"
# shellcheck source=examples/ad_mart/template.sh
. "$here/template.sh"
# shellcheck source=examples/ad_mart/cluster/nodes.sh
. "$here/cluster/nodes.sh"
BUILD=${BUILD:-build}
DAYS=${DAYS:-5} ROWS=${ROWS:-20000} SEED=${SEED:-1}
first_day=2024-01-29
# shellcheck disable=SC2034 # read by client.sh
scratch=$(mktemp -d) database=default query_tag=cluster
work=$BUILD/demo_cluster

end() {
    end_nodes
    rm -rf "$scratch"
}
trap end EXIT
trap 'exit 130' HUP INT TERM

fail() {
    echo "demo-cluster: $*" >&2
    exit 1
}

# must COMMAND...
must() {
    "$@" || fail "$(last_error)"
}

rm -rf "$work"
mkdir -p "$work"
echo 'starting two nodes, and a single server to compare with ...'
start_nodes "$work" || exit 1
cluster=$node1
http3=$(free_port)
start_server "$work/single" "$http3" "$(free_port)" || exit 1
pids="$pids $server_pid" single=$server_url

for url in "$cluster" "$node2"; do
    CLICKHOUSE_URL=$url "$here/ad_mart" schema
    must script "$here/cluster/node.sql"
done
url=$cluster
must script "$here/cluster/initiator.sql"
CLICKHOUSE_URL=$single "$here/ad_mart" schema

echo "the same $DAYS days of $ROWS bids for both ..."
for url in "$cluster" "$single"; do
    must script "$here/generate.sql" "first_day=$first_day" "days=$DAYS" "rows=$ROWS" "seed=$SEED" hot=0.2 set:distributed_foreground_insert=1
done
url=$cluster
must sql 'SELECT shardNum() AS shard, count() AS bids, uniq(user_id) AS users, uniq(host) AS hosts FROM rtb.meta_v8 GROUP BY shard ORDER BY shard
    FORMAT PrettyCompactMonoBlock'

last_month=$(must sql "SELECT formatDateTime(toDate('$first_day') + $DAYS - 1, '%Y-%m')")
echo '== over the cluster =='
CLICKHOUSE_URL=$cluster "$here/ad_mart" backfill --from "${first_day%-*}" --to "$last_month" --sql "$here/cluster" || exit 1
echo '== on one server =='
CLICKHOUSE_URL=$single "$here/ad_mart" backfill --from "${first_day%-*}" --to "$last_month" || exit 1

# Every bit of every row and column of a mart, as one number.
fingerprint() {
    must sql "SELECT count(), hex(groupBitXor(sipHash64(*))), hex(sum(sipHash64(*))) FROM marts.$1" | tr '\t' ' '
}

for table in user_daily host_daily ip_daily daily; do
    url=$cluster && of_cluster=$(fingerprint $table)
    url=$single && of_single=$(fingerprint $table)
    [ "$of_cluster" = "$of_single" ] || fail "marts.$table differs: cluster $of_cluster, one server $of_single"
    echo "marts.$table: the same bits in every column of ${of_cluster%% *} rows"
done
