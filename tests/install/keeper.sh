#!/bin/sh
# Two servers that keep their SQL functions in Keeper (user_defined_zookeeper_path): the installer creates them on
# the first and finds them on the second. ZooKeeper stands for Keeper; without its package this is skipped.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"
# shellcheck source=tests/install/production.sh
. "$ROOT/tests/install/production.sh"

if [ ! -e /usr/share/java/zookeeper.jar ] || ! command -v java >/dev/null; then
    skip keeper 'there is no ZooKeeper: apt-get install zookeeper'
    exit 0
fi
port=$(free_port)
mkdir "$TMPDIR/zookeeper"
printf '%s\n' tickTime=2000 "dataDir=$TMPDIR/zookeeper" "clientPort=$port" clientPortAddress=127.0.0.1 admin.enableServer=false >"$TMPDIR/zoo.cfg"
java -cp '/usr/share/java/*' org.apache.zookeeper.server.quorum.QuorumPeerMain "$TMPDIR/zoo.cfg" >"$TMPDIR/zookeeper.log" 2>&1 &
keeper=$!

# shellcheck disable=SC2034 # read by production
more_config="<zookeeper><node><host>127.0.0.1</host><port>$port</port></node></zookeeper>
    <user_defined_zookeeper_path>/clickhouse/user_defined</user_defined_zookeeper_path>"
server=$TMPDIR/first
production
first=$server_pid
on_server 'SELECT 1' >/dev/null
install --cluster shards --no-doctor
check_equal 'the first server: status' '0 ' "$status $stderr"
check_equal 'the first server: creates the SQL functions, though ON CLUSTER is refused with Keeper' \
    "$(find "$BUILD/user_defined" -name "*.sql" | wc -l)" "$(grep -c '^create SQL' "$TMPDIR/stdout")"
server=$TMPDIR/second
production
install
check_equal 'the second server: status' '0 ' "$status $stderr"
check_equal 'the second server: finds them there' 0 "$(grep -c '^create SQL' "$TMPDIR/stdout")"
check_equal 'the second server: has none of its own' '' "$(ls "$lib/user_defined")"
install --uninstall
check_equal 'uninstall on one takes them from both' "$(find "$BUILD/user_defined" -name "*.sql" | wc -l)" "$(grep -c '^drop SQL' "$TMPDIR/stdout")"
kill "$first" "$keeper"
