#!/bin/sh
# A minute of what `make soak` does for as long as one likes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

run timeout 200 sh "$ROOT/tests/faults/soak.sh" "$BUILD" 60
sed 's/^/  /' "$TMPDIR/stdout" "$TMPDIR/stderr"
check_equal 'status' 0 "$status"
number() {
    sed -n "s/^$1: //p" "$TMPDIR/stdout"
}
for bad in 'wrong answers' 'hung queries' orphans 'processes left' 'queries left' 'calm queries that failed' 'ends of the server by itself'; do
    check_equal "$bad" 0 "$(number "$bad")"
done
# It did do something.
for fault in 'processes killed (SIGKILL)' 'server ended and started' 'server killed and started' 'functions reloaded' \
    'limits on file sizes (1 s each)'; do
    check_equal "fault: $fault" yes "$([ "$(number "fault: $fault")" -gt 0 ] && echo yes)"
done
check_equal 'right answers' yes "$([ "$(number 'right answers')" -gt 100 ] && echo yes)"
