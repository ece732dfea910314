# shellcheck shell=sh
# A server of the test's own: the embedded ClickHouse, over HTTP. Sourced after lib.sh; start_server and
# free_port are those of the demos.
# shellcheck source=examples/publish/server.sh
. "$ROOT/examples/publish/server.sh"

server_pid=
end_server() {
    [ -z "$server_pid" ] || kill -KILL "$server_pid" 2>/dev/null
    [ -n "${SALTWELL_TEST_RUN:-}" ] || rm -rf "$TMPDIR"
}

# need_engine NAME: ends the test, with a failure, where the engine's launcher is not built.
need_engine() {
    [ -x "$BUILD/saltwell-local" ] && return
    not_ok "$1" "expected the engine's launcher at $BUILD/saltwell-local, found none: build it first"
    exit 1
}

# test_server NAME [OPTION...]: starts a server on $http and $tcp with the data in $TMPDIR/data, which ends
# with the test. Its process is $server_pid. Without curl or /proc the test NAME is skipped.
test_server() {
    need_engine "$1"
    if ! command -v curl >/dev/null || [ ! -r /proc/self/stat ]; then
        skip "$1" 'no curl or no /proc'
        exit 0
    fi
    shift
    trap end_server EXIT
    trap 'exit 129' HUP INT TERM
    # shellcheck disable=SC2034 # both are for the caller
    http=$(free_port) tcp=$(free_port)
    start_server "$TMPDIR/data" "$http" "$tcp" --no-password "$@" || exit 1
}

# ask SECONDS SQL [PARAMETERS]: the answer, or that none came in time.
ask() {
    curl -s -m "$1" "http://127.0.0.1:$http/?${3:-}" --data-binary "$2" || echo "no answer within $1 s"
}
