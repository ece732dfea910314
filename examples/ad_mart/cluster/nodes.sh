# shellcheck shell=sh disable=SC2154 # server.sh sets server_pid
# Two servers on this machine that know each other as the cluster `shards`. Read after ../server.sh; the
# caller sets $BUILD, and ends the processes $pids.
pids=''

# start_nodes FOLDER [OPTION...]: their addresses, with the password, are $node1 and $node2.
start_nodes() {
    nodes=$1
    shift
    http1=$(free_port) http2=$(free_port) tcp1=$(free_port) tcp2=$(free_port)
    # The nodes ask one another, so they have one password, which is there before they start.
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    for node in node1 node2; do
        "$BUILD/saltwell-local" --path "$nodes/$node" --query 'SELECT 1' >/dev/null </dev/null || return 1
        (umask 077 && echo "$password" >"$nodes/$node/saltwell-password")
    done
    (umask 077 && cat >"$nodes/nodes.xml") <<END
<clickhouse>
    <remote_servers>
        <shards>
            <shard><replica><host>127.0.0.1</host><port>$tcp1</port><password>$password</password></replica></shard>
            <shard><replica><host>127.0.0.1</host><port>$tcp2</port><password>$password</password></replica></shard>
        </shards>
    </remote_servers>
</clickhouse>
END
    start_node1 "$@" || return 1
    # shellcheck disable=SC2034 # for the caller
    node1=$server_url
    start_node2 "$@" || return 1
    # shellcheck disable=SC2034 # for the caller
    node2=$server_url
}

# start_node1 [OPTION...]: also once more, after its end. Its process is $pid1.
start_node1() {
    start_server "$nodes/node1" "$http1" "$tcp1" --config-file "$nodes/nodes.xml" "$@" || return 1
    # shellcheck disable=SC2034 # for the caller
    pid1=$server_pid pids="$pids $server_pid"
}

start_node2() {
    start_server "$nodes/node2" "$http2" "$tcp2" --config-file "$nodes/nodes.xml" "$@" || return 1
    # shellcheck disable=SC2034 # for the caller
    pid2=$server_pid pids="$pids $server_pid"
}

end_nodes() {
    for pid in $pids; do
        ! kill "$pid" 2>/dev/null || wait "$pid" || :
    done
}
