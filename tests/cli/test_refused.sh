#!/bin/sh
# A program that cannot work at all never looks like one that has nothing to say: without seccomp, with an
# input that cannot be read, and with memory that runs out in any place, the query fails, under the server's
# default settings too.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/cli/native.sh
. "$ROOT/tests/cli/native.sh"

# refused NAME FRAGMENT: after `run`: status 1, a line on standard error, and the poisoned output.
refused() {
    check_equal "$1: status" 1 "$status"
    check_contains "$1: message" "$2" "$stderr"
    check_contains "$1: poison" 'AggregateFunction(`' "$(tr '\0' ' ' <"$TMPDIR/stdout" | tail -c 1500)"
}

case $(uname -m) in
x86_64) seccomp=317 ;;
*) seccomp=277 ;;
esac
if [ "$(grep -c '^Seccomp:' /proc/self/status 2>/dev/null)" != 1 ]; then
    skip 'without seccomp' 'this kernel says nothing of it'
else
    for command in 'period_stream --keys 1 --time ts --gap 1' 'period_stream --keys 1 --time ts --gap 1 --emit periods' 'merge_partials --keys 1'; do
        # shellcheck disable=SC2086 # a command and its words
        run python3 "$ROOT/tests/cli/without.py" $seccomp "$BUILD"/bin/$command </dev/null
        refused "$command, no seccomp" 'sandbox: cannot filter system calls: Function not implemented'
    done
    run python3 "$ROOT/tests/cli/without.py" $seccomp "$BUILD/bin/welford" welfordState </dev/null
    check_equal 'welfordState, no seccomp: status' 1 "$status"
    check_contains 'welfordState, no seccomp: message' 'sandbox: cannot filter system calls: Function not implemented' "$stderr"
    run python3 "$ROOT/tests/cli/without.py" $seccomp "$BUILD/bin/welford" --check-sandbox </dev/null
    check_equal 'welford --check-sandbox, no seccomp' '1 welford: sandbox: cannot filter system calls: Function not implemented' "$status $stderr"
    run "$BUILD/bin/welford" --check-sandbox </dev/null
    check_equal 'welford --check-sandbox' '0 welford: the sandbox holds' "$status $(cat "$TMPDIR/stdout")"
    run timeout 60 python3 "$ROOT/tests/cli/without.py" $seccomp "$BUILD/saltwell-local" --query "SELECT count() FROM executable(
        'period_stream --keys 1 --time ts --gap 1', Native, 'k UInt8, ts UInt8, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
        (SELECT 1::UInt8 AS k, 1::UInt8 AS ts))"
    check_contains 'no seccomp, in a query with default settings' 'sandbox: cannot filter system calls' "$stderr"
fi

run "$BUILD/bin/period_stream" --keys 1 --time ts --gap 1 <"$TMPDIR"
refused 'an input that cannot be read' 'cannot read the input: Is a directory'
run "$BUILD/bin/merge_partials" --keys 1 <"$TMPDIR"
refused 'merge_partials: an input that cannot be read' 'cannot read the input: Is a directory'

# 300 MB of Strings in one block, with room for half of them and for nearly all of them.
large_block() {
    dimensions 3 3
    column k UInt64
    le 8 1 1 1
    column ts UInt32
    le 4 1 2 3
    column s String
    for _ in 1 2 3; do
        varuint 100000000
        head -c 100000000 /dev/zero
    done
}
large_block >"$TMPDIR/block"
for options in '--max-memory 150M' '--max-memory 500M' '--max-memory 500M --lengths'; do
    # shellcheck disable=SC2086 # words
    run timeout 60 "$BUILD/bin/period_stream" --keys 1 --time ts --gap 1 $options <"$TMPDIR/block"
    refused "300 MB of Strings, $options" 'out of memory'
done
for options in '' '--lengths'; do
    # shellcheck disable=SC2086 # words
    run timeout 60 "$BUILD/bin/period_stream" --keys 1 --time ts --gap 1 --max-memory 2G $options <"$TMPDIR/block"
    check_equal "300 MB of Strings, 2G $options" '0 ' "$status $stderr"
done
