#!/bin/sh
# The thread that writes, under ThreadSanitizer: the programs of $BUILD/tsan answer as the others do, and no
# access to memory is unordered, whether the reader keeps up, pauses or goes away.
. "$(dirname "$0")/../lib.sh"

if [ ! -x "$BUILD/tsan/bin/period_stream" ]; then
    not_ok tsan "expected $BUILD/tsan/bin/period_stream, found none: make check builds it"
    exit 1
fi
TSAN_OPTIONS=log_path=$TMPDIR/tsan
export TSAN_OPTIONS

"$BUILD/saltwell-local" --query "SELECT intDiv(number, 700) AS k, toUInt32(number * number % 31 + 40 * number) AS ts,
    toString(cityHash64(number)) AS text, number % 7 AS v FROM numbers(150000) FORMAT Native
    SETTINGS max_block_size = 5000, max_threads = 1" >"$TMPDIR/rows"
"$BUILD/saltwell-local" --query "SELECT intDiv(number, 3) AS k, number AS v FROM numbers(300000) FORMAT Native
    SETTINGS max_block_size = 5000, max_threads = 1" >"$TMPDIR/partials"

# Readers, each with a pace of its own.
keeps_up() { cat; }
pauses() { sleep 0.3 && head -c 300000 && sleep 0.3 && cat; }
goes_away() { head -c 100000; }

# check_reports NAME
check_reports() {
    reports=$(cat "$TMPDIR"/tsan.* 2>/dev/null)
    rm -f "$TMPDIR"/tsan.*
    check_equal "$1: reports" '' "$(printf '%s\n' "$reports" | grep -E -m 3 'WARNING|SUMMARY|ERROR')"
    [ -z "$reports" ] || printf '%s\n' "$reports" | sed 's/^/  /'
}

# answers INPUT PROGRAM OPTIONS...: both builds, with each reader. They give the same bytes as far as they are read.
answers() {
    input=$TMPDIR/$1
    program=$2
    shift 2
    "$BUILD/bin/$program" "$@" <"$input" >"$TMPDIR/expected"
    for reader in keeps_up pauses goes_away; do
        name="$program $* | $reader"
        timeout 60 "$BUILD/tsan/bin/$program" "$@" <"$input" 2>"$TMPDIR/err" | $reader >"$TMPDIR/found"
        check_reports "$name"
        [ "$reader" != goes_away ] || head -c 100000 "$TMPDIR/expected" >"$TMPDIR/begin"
        [ "$reader" != goes_away ] || mv "$TMPDIR/begin" "$TMPDIR/expected"
        check_files_equal "$name: output" "$TMPDIR/expected" "$TMPDIR/found"
    done
}

answers rows period_stream --keys 1 --time ts --gap 60
answers rows period_stream --keys 1 --time ts --gap 60 --lengths
answers rows period_stream --keys 1 --time ts --gap 50 --heartbeat --emit periods --sum v
answers partials merge_partials --keys 1

# A failure passes from one thread to the other.
{ cat "$TMPDIR/rows" && head -c 1000 "$TMPDIR/rows"; } >"$TMPDIR/cut"
timeout 60 "$BUILD/tsan/bin/period_stream" --keys 1 --time ts --gap 60 <"$TMPDIR/cut" 2>"$TMPDIR/err" | cat >"$TMPDIR/found"
check_reports 'input that is cut off'
check_contains 'input that is cut off: message' 'period_stream: ' "$(cat "$TMPDIR/err")"
timeout 60 "$BUILD/tsan/bin/period_stream" --keys 1 --time ts --gap 60 <"$TMPDIR/rows" 2>"$TMPDIR/err" >/dev/full
check_reports 'an output that is full'
