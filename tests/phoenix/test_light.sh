#!/bin/sh
# phoenix_scan against the light server: types, windows, faults, messages.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

if [ -e "$BUILD/phoenix/light/.installed" ]; then
    exec python3 "$ROOT/tests/phoenix/scan_light.py"
fi
skip 'phoenix_scan' 'the light server is not installed (sh tests/phoenix/install.sh)'
