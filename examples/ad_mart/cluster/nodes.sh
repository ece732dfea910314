# shellcheck shell=sh disable=SC2154 # server.sh sets server_pid
# Two servers on this machine that know each other as the cluster `shards`. Read after ../server.sh; the
# caller sets $BUILD, and ends the processes $pids.
pids=''

# start_nodes FOLDER: their HTTP ports are $http1 and $http2.
start_nodes() {
    tcp1=$(free_port) tcp2=$(free_port) http1=$(free_port) http2=$(free_port)
    cat >"$1/nodes.xml" <<END
<clickhouse>
    <remote_servers>
        <shards>
            <shard><replica><host>127.0.0.1</host><port>$tcp1</port></replica></shard>
            <shard><replica><host>127.0.0.1</host><port>$tcp2</port></replica></shard>
        </shards>
    </remote_servers>
</clickhouse>
END
    start_server "$1/node1" "$http1" "$tcp1" --config-file "$1/nodes.xml" || return 1
    pids="$pids $server_pid"
    start_server "$1/node2" "$http2" "$tcp2" --config-file "$1/nodes.xml" || return 1
    pids="$pids $server_pid"
}

end_nodes() {
    for pid in $pids; do
        ! kill "$pid" 2>/dev/null || wait "$pid" || :
    done
}
