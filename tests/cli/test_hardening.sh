#!/bin/sh
# What a build gives the programs, read from the binaries, and what a process has given up, read from
# /proc while it runs.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2010 # the names are ours
programs=$(ls "$BUILD/bin")
if ! command -v readelf >/dev/null || ! command -v nm >/dev/null; then
    skip 'the binaries' 'no readelf or nm'
else
    for program in $programs; do
        headers=$(readelf -lWd "$BUILD/bin/$program")
        symbols=$(nm "$BUILD/bin/$program")
        check_contains "$program: tables read-only after the start" GNU_RELRO "$headers"
        check_contains "$program: bound at the start" 'Flags: NOW PIE' "$headers"
        check_equal "$program: no stack that can be executed" RW \
            "$(echo "$headers" | awk '$1 == "GNU_STACK" { print $7 }')"
        check_contains "$program: stacks are checked" __stack_chk_fail "$symbols"
        check_contains "$program: copies are checked" _chk "$(echo "$symbols" | grep -v __stack_chk_fail)"
    done
fi

# A process that waits for its first block. The environment must not switch anything off.
[ -r /proc/self/status ] || {
    skip 'the processes' 'no /proc'
    exit 0
}
mkfifo "$TMPDIR/fifo"
while IFS=: read -r end command; do
    # shellcheck disable=SC2086 # a command and its words
    LD_PRELOAD=$TMPDIR/vgpreload_core-valgrind.so "$BUILD"/bin/$command <"$TMPDIR/fifo" >"$TMPDIR/out" 2>&1 &
    pid=$!
    exec 3>"$TMPDIR/fifo"
    tries=0
    while [ "$(awk '$1 == "Seccomp:" { print $2 }' "/proc/$pid/status")" != 2 ] && [ $tries -lt 50 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    check_equal "$command: system calls are filtered" 2 "$(awk '$1 == "Seccomp:" { print $2 }' "/proc/$pid/status")"
    check_equal "$command: no new privileges" 1 "$(awk '$1 == "NoNewPrivs:" { print $2 }' "/proc/$pid/status")"
    check_equal "$command: no core files" '0 0' "$(awk '/^Max core file size/ { print $5, $6 }' "/proc/$pid/limits")"
    exec 3>&-
    status=0
    wait "$pid" || status=$?
    check_equal "$command: ends with its input" "$end" "$status"
done <<'END'
0:welford welfordState
0:period_stream --keys 1 --time ts --gap 1
0:merge_partials --keys 1
1:saltwell_sql period_stream --table t --keys k --time ts --gap 1
1:phoenix_scan --source none --table T --time T --columns A
2:phoenix_scan --nonsense
2:period_stream --nonsense
2:saltwell_sql --nonsense
END
