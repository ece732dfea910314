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
    make_node node1 && make_node node2 || return 1
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

# make_node NAME: its folder, with the password that is the same for all.
make_node() {
    "$BUILD/saltwell-local" --path "$nodes/$1" --query 'SELECT 1' >/dev/null </dev/null || return 1
    (umask 077 && echo "$password" >"$nodes/$1/saltwell-password")
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

# start_gateway [OPTION...]: a server that knows the cluster, and is none of its shards.
start_gateway() {
    http3=$(free_port)
    make_node gateway || return 1
    start_server "$nodes/gateway" "$http3" "$(free_port)" --config-file "$nodes/nodes.xml" "$@" || return 1
    # shellcheck disable=SC2034 # for the caller
    gateway_pid=$server_pid pids="$pids $server_pid"
}

end_nodes() {
    for pid in $pids; do
        ! kill "$pid" 2>/dev/null || wait "$pid" || :
    done
}
