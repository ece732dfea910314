#!/bin/sh
# Serves the demo's data with ClickHouse's own page for queries, and opens it in a browser where there
# is one. `make play` builds what it needs and calls it.
#
#   PORT=8123   the first port to try; the native protocol takes the one 877 above it
set -eu

BUILD=${BUILD:-build}
PORT=${PORT:-8123}
here=$(cd "$(dirname "$0")" && pwd)
saltwell="$BUILD/saltwell-local"
store=$(cd "$BUILD" && pwd)/demo
server=

fail() {
    echo "play: $*" >&2
    exit 1
}

# The terminal's Ctrl-C reaches the server as well; whichever way it is told, it ends in order.
stop() {
    trap '' HUP INT TERM
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" || fail 'the server did not end in order'
    printf '\nplay: the server has ended\n'
    exit 0
}
trap stop HUP INT TERM

# start PORT: leaves $server, or nothing where the port is taken.
start() {
    "$saltwell" --serve --path "$store" --http-port "$1" --tcp-port $(($1 + 877)) \
        >"$log" 2>&1 </dev/null &
    server=$!
    while ! grep -q ': ready: ' "$log"; do
        if ! kill -0 "$server" 2>/dev/null; then
            server=
            grep -q 'Address already in use' "$log" || fail "$(cat "$log")"
            return
        fi
        sleep 0.1
    done
}

[ -e "$store/metadata/demo/events.sql" ] ||
    fail "expected the demo's data in $store, found none: run make demo"
case $PORT in '' | *[!0-9]*) fail "PORT: expected a number, found '$PORT'" ;; esac
log=$(mktemp)
trap 'rm -f "$log" "$store/play.html"' EXIT
echo "starting a server on the demo's data ..."
port=$PORT
while start "$port" && [ -z "$server" ]; do
    port=$((port + 1))
    [ "$port" -lt $((PORT + 20)) ] || fail "no free port from $PORT to $((port - 1))"
done

query=$(base64 "$here/play.sql" | tr -d '\n')
url="http://127.0.0.1:$port/play?user=default&password=$(cat "$store/saltwell-password")#$query"
cat <<TEXT

ClickHouse's page for queries, with one prepared; press Run there:

$url

The log is the table demo.events, and every function is there. Ctrl-C ends it. The address has the
password in it, which is that of $store/saltwell-password; the page takes it out of the address bar.
TEXT
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && command -v xdg-open >/dev/null 2>&1; then
    # Through a file: what stands in a command, everyone on the machine can read.
    page=$store/play.html
    (umask 077 && rm -f "$page" &&
        printf '<!DOCTYPE html><meta http-equiv="refresh" content="0; url=%s">\n' "$url" | sed 's/&/\&amp;/' >"$page")
    xdg-open "$page" >/dev/null 2>&1 &
fi
wait "$server" || true
fail "the server ended by itself: $(cat "$log")"
