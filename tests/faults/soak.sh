#!/bin/sh
# tests/faults/soak.sh BUILD SECONDS [SEED]: runs soak.py on a small file system of its own, in memory, which
# unshare(1) makes without any right on the machine; where that is not allowed, in $TMPDIR.
set -u
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 129' HUP INT TERM
if unshare -Urm true 2>/dev/null; then
    # shellcheck disable=SC2016 # the inner shell's
    unshare -Urm sh -c 'mount -t tmpfs -o size=400m tmpfs "$1" && shift && exec "$@"' sh "$folder" \
        python3 "$here/soak.py" "$1" "$folder" "$2" "${3:-1}"
else
    python3 "$here/soak.py" "$1" "$folder" "$2" "${3:-1}"
fi
