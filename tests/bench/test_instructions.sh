#!/bin/sh
# No kernel takes 5 % more instructions than instructions.tsv says, unless that file says so too.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

if ! command -v python3 >/dev/null 2>&1; then
    skip instructions 'there is no python3'
    exit 0
fi
exec python3 "$ROOT/tests/bench/instructions.py" --test
