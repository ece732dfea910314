# shellcheck shell=sh
# What the tests of the clients share; read after lib.sh.

here=$ROOT/tests/clients
clients=$BUILD/clients
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
[ -n "${SALTWELL_TEST_RUN:-}" ] || sh "$here/install.sh" >/dev/null

# shellcheck source=examples/ad_mart/server.sh
. "$ROOT/examples/ad_mart/server.sh"
server_pid=

clients_end() {
    if [ -n "$server_pid" ]; then
        kill "$server_pid" 2>/dev/null
        wait "$server_pid" 2>/dev/null
    fi
    [ -n "${SALTWELL_TEST_RUN:-}" ] || rm -rf "$TMPDIR"
}
trap clients_end EXIT
trap 'exit 129' HUP INT TERM

# has NAME...: whether install.sh has installed all of them.
has() {
    for needed; do
        [ -e "$clients/$needed/.installed" ] || return 1
    done
}

# run_java FILE [ARGUMENT...]: a program of one file, which is not worth an optimising compiler.
run_java() {
    run timeout -k 5 60 java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$(cat "$clients/jdbc/classpath")" "$@"
}

# start: a server with the tables of data.sql on the ports $http and $tcp.
start() {
    if ! [ -x "$BUILD/saltwell-local" ]; then
        not_ok server "expected the engine's launcher at $BUILD/saltwell-local, found none: build it first"
        exit 1
    fi
    "$BUILD/saltwell-local" --path "$TMPDIR/data" --queries-file "$here/data.sql" </dev/null >/dev/null || exit 1
    http=$(free_port)
    tcp=$(free_port)
    start_server "$TMPDIR/data" "$http" "$tcp" --no-password || exit 1
}

sql() {
    curl -s -m 30 "http://127.0.0.1:$http/" --data-binary "$1"
}
