# shellcheck shell=sh
# Starting and stopping the embedded ClickHouse; read by the demos. The caller sets $BUILD.

# start_server FOLDER HTTP_PORT TCP_PORT [OPTION...]: in the background; its process is $server_pid, and
# $server_url its address, with the password where it has one.
start_server() {
    server_folder=$1 server_http=$2 server_tcp=$3
    shift 3
    mkdir -p "$server_folder" && : >"$server_folder.log"
    "$BUILD/saltwell-local" --serve --path "$server_folder" --http-port "$server_http" --tcp-port "$server_tcp" "$@" \
        >"$server_folder.log" 2>&1 &
    server_pid=$!
    tries=0
    until grep -q '^saltwell-local: ready' "$server_folder.log"; do
        tries=$((tries + 1))
        if [ $tries -gt 600 ] || ! kill -0 "$server_pid" 2>/dev/null; then
            echo "the server did not start: $(tail -n 3 "$server_folder.log")" >&2
            return 1
        fi
        sleep 0.1
    done
    # shellcheck disable=SC2034 # for the caller
    case " $* " in
    *' --no-password '*) server_url=http://127.0.0.1:$server_http ;;
    *) server_url=http://default:$(cat "$server_folder/saltwell-password")@127.0.0.1:$server_http ;;
    esac
}

# free_port: a TCP port that nobody listens on, below those of outgoing connections. To curl 7 is a
# refused connection.
free_port() {
    while :; do
        port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 9000))
        refused=0
        curl -s -o /dev/null "http://127.0.0.1:$port/" || refused=$?
        [ $refused -ne 7 ] || break
    done
    echo $port
}
