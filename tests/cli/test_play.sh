#!/bin/sh
# examples/demo/play.sh and shell.sh: the demo's data in a browser and at the prompt.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

engine=$BUILD/saltwell-local
if [ ! -x "$engine" ]; then
    not_ok play "expected the engine's launcher at $engine, found none: build it first"
    exit 1
fi

# A build of its own, with a small log as the demo's data.
own=$TMPDIR/build
mkdir "$own"
for part in bin xml user_defined engine saltwell-local; do
    ln -s "$BUILD/$part" "$own/$part"
done
unset DISPLAY WAYLAND_DISPLAY
port=$((30000 + $$ % 9000))
run env BUILD="$own" PORT=$port sh "$ROOT/examples/demo/play.sh"
check_equal 'play without data' "1 play: expected the demo's data in $own/demo, found none: run make demo" \
    "$status $stderr"
run env BUILD="$own" sh "$ROOT/examples/demo/shell.sh"
check_equal 'shell without data' "1 shell: expected the demo's data in $own/demo, found none: run make demo" \
    "$status $stderr"
run "$engine" --path "$own/demo" --query "$(cat "$ROOT/examples/demo/schema.sql")
    INSERT INTO demo.events VALUES ('ann', '2026-03-02 10:00:00', 'a', 1), ('ann', '2026-03-02 10:20:00', 'a', 2),
        ('ann', '2026-03-02 12:00:00', 'a', 3), ('bob', '2026-03-02 10:05:00', 'a', 4)"
check_equal 'a small log' '0 ' "$status $stderr"

# ---- the prompt ----
timeout -k 5 60 python3 "$ROOT/tests/cli/prompt.py" "$ROOT/examples/demo/shell.sh" "$TMPDIR" "$own"

# ---- the page ----
server='' taker=''
cleanup() {
    [ -z "$server" ] || kill "$server"
    [ -z "$taker" ] || kill "$taker"
    [ -n "${SALTWELL_TEST_RUN:-}" ] || rm -rf "$TMPDIR"
}
trap cleanup EXIT
trap 'exit 129' HUP INT TERM

# play: starts it and waits for the address, which is left in $url.
play() {
    : >"$TMPDIR/play"
    env BUILD="$own" PORT=$port "$@" sh "$ROOT/examples/demo/play.sh" >"$TMPDIR/play" 2>&1 </dev/null &
    server=$!
    n=0
    while ! grep -q 'Ctrl-C ends it' "$TMPDIR/play" && kill -0 "$server" 2>/dev/null && [ $n -lt 300 ]; do
        sleep 0.1
        n=$((n + 1))
    done
    url=$(grep '^http' "$TMPDIR/play")
}

# stop: leaves the exit status in $status.
stop() {
    kill -TERM "$server"
    status=0
    wait "$server" || status=$?
    server=
}

# A first port that is taken, and a browser that notes what it is given.
python3 -c 'import socket, sys, time
taken = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(60)' $port &
taker=$!
mkdir "$TMPDIR/tools"
printf '#!/bin/sh\necho "$1" >"%s/opened"\n' "$TMPDIR" >"$TMPDIR/tools/xdg-open"
chmod +x "$TMPDIR/tools/xdg-open"
sleep 0.5
play DISPLAY=:77 PATH="$TMPDIR/tools:$PATH"
kill "$taker"
taker=
# The one after it, unless a test beside this one has that.
next=$(printf '%s' "$url" | sed -n 's|^http://127[.]0[.]0[.]1:\([0-9]*\)/play?.*|\1|p')
check_equal 'play: the next free port' yes "$([ "$next" -gt $port ] && [ "$next" -le $((port + 5)) ] && echo yes || echo "$url")"
check_contains 'play: the page and its password' "http://127.0.0.1:$next/play?user=default&password=$(cat "$own/demo/saltwell-password")#" "$url"
check_equal 'play: opens a browser' "600 1" "$(stat -c %a "$own/demo/play.html") $(grep -cF "url=$(
    printf '%s' "$url" | sed 's/&/\&amp;/')" "$(cat "$TMPDIR/opened")")"
stop
check_equal 'play: SIGTERM' "0 play: the server has ended" "$status $(tail -n 1 "$TMPDIR/play")"

if command -v chromium >/dev/null 2>&1 && command -v chromedriver >/dev/null 2>&1; then
    rm "$TMPDIR/opened"
    play
    run timeout -k 5 100 python3 "$ROOT/tests/cli/play.py" "$url" "$TMPDIR"
    check_equal 'play: a browser runs the query' 1 \
        "$(grep -c '^1 ann 2026-03-02 10:00:00 1200 2$' "$TMPDIR/stdout")$stderr"
    check_equal 'play: no display, no browser' '' "$(cat "$TMPDIR/opened" 2>/dev/null)"
    stop
else
    skip 'play: a browser runs the query' 'there is no chromium with its chromedriver'
fi
