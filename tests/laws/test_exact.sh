#!/bin/sh
# Exact moments against exact arithmetic, and merges of random splits against the whole.
# EXACT_ARRAYS: how many random arrays, 100000 by default (about 10 s).
. "$(dirname "$0")/../lib.sh"

driver=$BUILD/tests/exact_driver
if ! command -v python3 >/dev/null; then
    skip exact-oracle 'no python3, which does the exact arithmetic'
    exit 0
fi
if [ ! -x "$driver" ]; then
    not_ok exact-oracle "expected the driver at $driver, found none: build it first"
    exit 1
fi
nist=$(data_file nist) || skip exact-nist "no NIST sets in $SALTWELL_DATA"
# shellcheck disable=SC2086 # no folder, no argument
PYTHONDONTWRITEBYTECODE=1 python3 "$ROOT/tests/laws/oracle_exact.py" "$driver" "${EXACT_ARRAYS:-100000}" 1 ${nist:+"$nist"}
