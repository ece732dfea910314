#!/bin/sh
# SIGKILL to the server at ten moments; it is started again on the same folder.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/mart/mart.sh
. "$ROOT/tests/mart/mart.sh"
# shellcheck source=tests/mart/kill.sh
. "$ROOT/tests/mart/kill.sh"

what=server
kill_it() {
    kill -9 "$server_pid"
    wait "$server_pid" 2>/dev/null
    wait "$victim" 2>/dev/null
    start_server "$TMPDIR/data" "$http" "$tcp" --no-password || not_ok 'the server starts again' "$(tail -n 1 "$TMPDIR/data.log")"
}
kill_tests
