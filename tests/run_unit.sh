#!/bin/sh
# tests/run_unit.sh BINARY
#
# Runs a Criterion binary and prints its results as `ok`, `not ok` and `skip` lines. Criterion 2.4.1
# runs each test in a child and exits 0 although a child leaked, broke a sanitizer's rule or failed an
# assertion in a fixture, so those are looked for here: in the log files of the sanitizers and on
# stderr. Fewer results than planned, or an exit status without a failed test, are failures too.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -eq 1 ] || { echo "usage: tests/run_unit.sh BINARY" >&2; exit 2; }
binary=$1
if [ ! -x "$binary" ]; then
    not_ok unit "expected a Criterion binary at $binary, found none: build it first"
    exit 1
fi

ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}log_path=$TMPDIR/sanitizer
UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}log_path=$TMPDIR/sanitizer:print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS
status=0
"$binary" --tap="$TMPDIR/tap" >"$TMPDIR/stdout" 2>"$TMPDIR/stderr" || status=$?
[ -e "$TMPDIR/tap" ] || : >"$TMPDIR/tap"

# A result is `ok - suite::test  (0.00s)`, `ok - suite::test  # SKIP reason`, or a `not ok` in the
# first form or with the crash in place of the time; details follow in indented lines.
awk '
function flush() {
    if (name != "")
        printf "not ok %s: %s\n", name, (detail == "" ? "no failed assertion: it exited" : detail)
    name = ""
}
/^1\.\.[0-9]+$/ { planned = substr($0, 4); has_plan = 1; next }
/^(not )?ok - / {
    flush()
    n_results++
    test = $0
    sub(/^(not )?ok - /, "", test)
    rest = test
    sub(/ .*/, "", test)
    sub(/^[^ ]+ +/, "", rest)
    if (/^not ok /) {
        n_failed++
        name = test
        detail = rest ~ /^\([0-9.]+s\)$/ ? "" : rest
    } else if (rest ~ /^# SKIP/) {
        sub(/^# SKIP */, "", rest)
        printf "skip %s: %s\n", test, rest
    } else {
        printf "ok %s\n", test
    }
    next
}
/^  (---|\.\.\.|assertions:.*|failures:)$/ { next }
/^  / && name != "" {
    line = $0
    sub(/^ +/, "", line)
    sub(/: \|\+$/, ":", line)
    detail = detail (detail == "" ? "" : " ") line
}
END {
    flush()
    if (!has_plan)
        print "not ok criterion: expected a plan 1..N in the report, found none"
    else if (n_results != planned)
        printf "not ok criterion: expected %d results, found %d\n", planned, n_results
    exit n_failed > 0
}
' "$TMPDIR/tap"
any_failed=$?

if [ "$any_failed" -eq 0 ]; then
    [ "$status" -eq 0 ] || not_ok criterion "exit status $status without a failed test"
    if grep -q 'Assertion Failed' "$TMPDIR/stderr"; then
        not_ok criterion 'an assertion failed outside a test body'
    fi
fi
if grep -q 'runtime error:' "$TMPDIR/stderr"; then
    not_ok sanitizer "$(grep -m 1 'runtime error:' "$TMPDIR/stderr")"
fi
for log in "$TMPDIR"/sanitizer*; do
    [ -s "$log" ] || continue
    not_ok sanitizer "$(grep -m 1 -E '^SUMMARY|ERROR|runtime error' "$log" || head -n 3 "$log")"
    sed 's/^/  /' "$log"
done
sed 's/^/  /' "$TMPDIR/stdout" "$TMPDIR/stderr"
