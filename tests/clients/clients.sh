# shellcheck shell=sh
# What the tests of the clients share; read after lib.sh.

here=$ROOT/tests/clients
clients=$BUILD/clients
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
[ -n "${SALTWELL_TEST_RUN:-}" ] || sh "$here/install.sh" >/dev/null

# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"

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
    need_engine server
    "$BUILD/saltwell-local" --path "$TMPDIR/data" --queries-file "$here/data.sql" </dev/null >/dev/null || exit 1
    test_server server
}

sql() {
    curl -s -m 30 "http://127.0.0.1:$http/" --data-binary "$1"
}
