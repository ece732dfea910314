#!/bin/sh
# The prompt of saltwell-local on a terminal: results, completion, history, Ctrl-C.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

if [ ! -x "$BUILD/saltwell-local" ]; then
    not_ok prompt "expected the engine's launcher at $BUILD/saltwell-local, found none: build it first"
    exit 1
fi
timeout -k 5 120 python3 "$ROOT/tests/cli/prompt.py" "$BUILD/saltwell-local" "$TMPDIR"
