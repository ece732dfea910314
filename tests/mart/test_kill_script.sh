#!/bin/sh
# SIGKILL to the script at ten moments. The lock it leaves names a dead process, which the next run sees.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/mart/mart.sh
. "$ROOT/tests/mart/mart.sh"
# shellcheck source=tests/mart/kill.sh
. "$ROOT/tests/mart/kill.sh"

what=script
kill_it() {
    kill -9 "$victim" 2>/dev/null
    wait "$victim" 2>/dev/null
}
kill_tests
