#!/bin/sh
# Who may ask the embedded server, from where, and what files it reaches.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=examples/publish/server.sh
. "$ROOT/examples/publish/server.sh"

if ! [ -x "$BUILD/saltwell-local" ]; then
    not_ok access "expected the engine's launcher at $BUILD/saltwell-local, found none: build it first"
    exit 1
fi
server_pid=
cleanup() {
    [ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null
    [ -n "${SALTWELL_TEST_RUN:-}" ] || rm -rf "$TMPDIR"
}
trap cleanup EXIT
trap 'exit 129' HUP INT TERM
data=$TMPDIR/data
http=$(free_port) tcp=$(free_port)

stop() {
    kill "$server_pid"
    status=0
    wait "$server_pid" || status=$?
    server_pid=
}

# ask SQL [OPTION OF curl...]: the first line of the answer.
ask() {
    statement=$1
    shift
    curl -s -m 20 --data-binary "$statement" "$@" "http://127.0.0.1:$http/" | head -n 1
}

# native USER_AND_PASSWORD: over the native protocol.
native() {
    timeout 60 "$BUILD/saltwell-local" --query "SELECT * FROM remote('127.0.0.1:$tcp', view(SELECT currentUser())$1)" \
        2>&1 </dev/null | head -n 1
}

modes() {
    stat -c %a "$@" | tr '\n' ' '
}

# ---- the password ----
start_server "$data" "$http" "$tcp" || exit 1
password=$(cat "$data/saltwell-password")
refused='default: Authentication failed: password is incorrect'
check_equal 'the ready line' "password of default in $data/saltwell-password" "$(sed -n 's/.*, data in [^,]*, //p' "$data.log")"
check_equal 'modes' '700 600 ' "$(modes "$data" "$data/saltwell-password")"
check_equal 'a random password' 1 "$(grep -cEx '[0-9a-f]{32}' "$data/saltwell-password")"
check_equal 'with the password' default "$(ask 'SELECT currentUser()' -u "default:$password")"
check_equal 'native, with the password' default "$(native ", 'default', '$password'")"
check_contains 'without' "$refused" "$(ask 'SELECT 1')"
check_contains 'another password' "$refused" "$(ask 'SELECT 1' -u "default:${password%?}")"
check_contains 'an empty password' "$refused" "$(ask 'SELECT 1' -u default:)"
check_contains 'another user' 'Authentication failed' "$(ask 'SELECT 1' -u "other:$password")"
check_contains 'a page of another site' "$refused" "$(ask 'SELECT 1' -H 'Origin: http://evil.example' -H 'Content-Type: text/plain')"
check_contains 'a name of another site' "$refused" "$(ask 'SELECT 1' -H 'Host: evil.example')"
check_contains 'a session' "$refused" "$(curl -s -m 20 "http://127.0.0.1:$http/?session_id=a&query=SELECT+1" | head -n 1)"

# The engine's own session ends before its listeners do: still nobody comes in with an empty password.
python3 - "$http" "$server_pid" <<'END' >"$TMPDIR/late"
import collections, http.client, os, signal, sys, threading, time

answers = collections.Counter()


def hammer():
    deadline = time.monotonic() + 10
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
    while time.monotonic() < deadline:
        try:
            connection.request("POST", "/", b"SELECT 1")
            answer = connection.getresponse()
            answer.read()
            answers[answer.status] += 1
        except ConnectionRefusedError:
            return
        except (OSError, http.client.HTTPException):
            connection.close()


threads = [threading.Thread(target=hammer) for _ in range(4)]
for thread in threads:
    thread.start()
time.sleep(0.3)
os.kill(int(sys.argv[2]), signal.SIGTERM)
for thread in threads:
    thread.join()
print(answers[200], sum(answers.values()) > 0)
END
check_equal 'nobody comes in while it ends' '0 True' "$(cat "$TMPDIR/late")"
stop
check_equal 'the end' 0 "$status"

chmod 644 "$data/saltwell-password"
run "$BUILD/saltwell-local" --serve --path "$data" --http-port "$http" --tcp-port "$tcp" </dev/null
check_contains 'a password that others can read' "saltwell-password: expected mode 600, found 644" "$status $stderr"
chmod 600 "$data/saltwell-password"

# ---- the files ----
# A user's own file, beside the data folder; and something in the environment.
secret=$TMPDIR/secret.csv
(umask 077 && echo sesame >"$secret")
SESAME=sesame start_server "$data" "$http" "$tcp" || exit 1
own() {
    ask "$1" -u "default:$password"
}
check_equal 'the same password' default "$(own 'SELECT currentUser()')"
check_equal 'a relative name' made "$(own "INSERT INTO FUNCTION file('x.csv', LineAsString, 'l String') VALUES ('made')"
    own "SELECT file('x.csv') || ''" | cut -c1-4)"
check_equal 'lies in user_files' made "$(cat "$data/user_files/x.csv")"
if grep -q 'no Landlock' "$data.log"; then
    skip 'the files' 'this kernel has no Landlock'
else
    denied='Permission denied'
    check_contains 'file()' "$denied" "$(own "SELECT * FROM file('$secret', LineAsString)")"
    check_contains 'file(), from here' "$denied" "$(own "SELECT * FROM file('../../secret.csv', LineAsString)")"
    check_contains 'the function file()' "$denied" "$(own "SELECT file('$secret')")"
    check_contains 'url()' "$denied" "$(own "SELECT * FROM url('file://$secret', LineAsString)")"
    check_contains 'a table' "$denied" "$(own "SELECT * FROM _local.\`$secret\`")"
    check_contains 'sqlite()' 'unable to open' "$(own "SELECT * FROM sqlite('$secret', 't')")"
    check_contains 'writing' "$denied" "$(own "INSERT INTO FUNCTION file('$TMPDIR/new', LineAsString, 'l String') VALUES ('x')")"
    check_contains 'a database' "$denied" "$(own "CREATE TABLE r (k UInt8) ENGINE = EmbeddedRocksDB(0, '$TMPDIR/new') PRIMARY KEY k")"
    check_equal 'nothing was written' no "$([ -e "$TMPDIR/new" ] && echo yes || echo no)"
    check_equal 'the names of files' '' "$(own "SELECT _path FROM file('$TMPDIR/*', One)")"
    check_contains 'the environment' "$denied" "$(own "SELECT file('/proc/self/environ')")"
    check_equal 'the environment of a thread' 0 \
        "$(own "SELECT countSubstrings(file('/proc/$server_pid/task/$server_pid/environ'), 'sesame')")"
fi
check_equal 'the functions work' '[1,1,2]' "$(own 'SELECT periodNumbers([1, 2, 100], 10, 0)')"
own 'SYSTEM RELOAD FUNCTIONS'
check_equal 'and after a reload' '[1,1,2]' "$(own 'SELECT periodNumbers([1, 2, 100], 10, 0)')"
stop
start_server "$data" "$http" "$tcp" --all-files || exit 1
check_equal '--all-files' sesame "$(own "SELECT * FROM file('$secret', LineAsString)")"
stop
check_equal '--query reads every file' sesame "$("$BUILD/saltwell-local" --query "SELECT * FROM file('$secret', LineAsString)" </dev/null)"

# ---- where it listens without a password ----
# open_to_all NAME [OPTION...]: the server refuses an address that other machines can reach.
open_to_all() {
    name=$1
    shift
    run timeout 30 "$BUILD/saltwell-local" --serve --no-password --path "$data" --http-port "$http" --tcp-port "$tcp" "$@" </dev/null
    check_equal "listen: $name" '2 0 1' \
        "$status $(wc -c <"$TMPDIR/stdout") $(grep -c 'expected an address of this machine alone' "$TMPDIR/stderr")"
}
echo '<clickhouse><listen_host>0.0.0.0</listen_host></clickhouse>' >"$TMPDIR/all.xml"
open_to_all '--listen_host=' -- --listen_host=0.0.0.0
open_to_all 'two words' -- --listen_host 0.0.0.0
open_to_all 'one dash' -- -listen_host=0.0.0.0
open_to_all 'IPv6' -- --listen_host=::
open_to_all 'after another' -- --listen_host=127.0.0.1 --listen_host=0.0.0.0
open_to_all 'tried only' -- --listen_host=0.0.0.0 --listen_try=1
open_to_all 'a config file' --config-file "$TMPDIR/all.xml"
address=$(hostname -I 2>/dev/null | tr ' ' '\n' | grep -m 1 -F .)
if [ -n "$address" ]; then
    open_to_all 'a second element' -- "--listen_host[1]=$address"
else
    skip 'listen: a second element' 'this machine has no address but loopback'
fi
start_server "$data" "$http" "$tcp" -- --listen_host=0.0.0.0 || exit 1
check_contains 'listen: to all, with a password' "$refused" "$(ask 'SELECT 1')"
stop

# ---- users of one's own, beside the launcher's ----
sed 's|<users>|<users><analyst><password>other</password><networks><ip>::/0</ip></networks></analyst>|' \
    "$data/saltwell-users.xml" >"$TMPDIR/users.xml"
start_server "$data" "$http" "$tcp" --users-config "$TMPDIR/users.xml" || exit 1
check_equal 'a users config: its user' analyst "$(ask 'SELECT currentUser()' -u analyst:other)"
check_contains 'a users config: not by our password' 'Authentication failed' "$(ask 'SELECT 1' -u "analyst:$password")"
check_equal 'a users config: default' default "$(own 'SELECT currentUser()')"
check_contains 'a users config: default without a password' "$refused" "$(ask 'SELECT 1')"
stop

# ---- a folder that the launcher has not made ----
other=$TMPDIR/other
mkdir -p "$other/data/system/query_log"
echo kept >"$other/data/system/query_log/kept"
chmod 755 "$other"
start_server "$other" "$http" "$tcp" || exit 1
check_contains 'another folder: no log' "no system.query_log: saltwell-local has not made $other" "$(cat "$other.log")"
check_contains 'another folder: others can enter' "other users can enter $other" "$(cat "$other.log")"
stop
check_equal 'another folder: nothing is removed' "0 kept 755 " "$status $(cat "$other/data/system/query_log/kept") $(modes "$other")"
touch "$other/saltwell-folder"
python3 -c 'import fcntl, os, subprocess, sys
fcntl.flock(os.open(sys.argv[1] + "/status", os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)
done = subprocess.run(sys.argv[2:], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
print(done.returncode, done.stderr, end="")' "$other" "$BUILD/saltwell-local" --serve --path "$other" \
    --http-port "$http" --tcp-port "$tcp" >"$TMPDIR/locked"
check_equal 'a folder in use' "1 saltwell-local: $other is in use by another process kept" \
    "$(cat "$TMPDIR/locked") $(cat "$other/data/system/query_log/kept")"
