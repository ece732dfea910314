#!/bin/sh
# Runs a command that takes a while.
#
#   install/step.sh WHAT COMMAND...
#
# Prints WHAT, on a terminal the seconds while it runs, and at the end how long it took. The
# command's own output is shown only where it fails. Exits with the command's status.
set -u
what=$1
shift
log=$(mktemp) || exit 1
job=
trap 'rm -f "$log"' EXIT
trap 'echo; kill "$job" 2>/dev/null; exit 130' HUP INT TERM

began=$(date +%s)
"$@" >"$log" 2>&1 </dev/null &
job=$!
line="$what ..."
printf '%s' "$line"
while kill -0 "$job" 2>/dev/null; do
	[ ! -t 1 ] || printf '\r%s %s s' "$line" $(($(date +%s) - began))
	sleep 0.2
done
status=0
wait "$job" || status=$?
[ ! -t 1 ] || printf '\r%s' "$line"
if [ "$status" != 0 ]; then
	printf ' failed\n'
	cat "$log" >&2
	exit "$status"
fi
printf ' done in %s s\n' $(($(date +%s) - began))
