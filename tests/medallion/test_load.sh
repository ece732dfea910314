#!/bin/sh
# 5 000 rows a second for LOAD_SECONDS: an insert of 2 500 rows every half second; what each waits until its rows are in silver.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/medallion/medallion.sh
. "$ROOT/tests/medallion/medallion.sh"

if [ "${LOAD_SECONDS:-0}" -eq 0 ]; then
    skip 'insert to silver' 'LOAD_SECONDS is not set; make check-medallion sets it to 60'
    exit 0
fi
medallion_begin 300 2000
n_inserts=$((2 * LOAD_SECONDS))
mkdir "$TMPDIR/inserts"
generate programmatic 0 $((2500 * n_inserts)) >"$TMPDIR/all"
awk -v folder="$TMPDIR/inserts" '{ print > (folder "/" int((NR - 1) / 2500)) }' "$TMPDIR/all"
generate programmatic 10000000 2500 | load warm || exit 1

# processor_ms: what the server has used so far.
processor_ms() {
    awk '{ print ($14 + $15) * 10 }' "/proc/$server_pid/stat"
}
# When row K's insert is due, it is sent, late or not; the lag counts from then.
used=$(processor_ms)
start=$(date +%s%N)
n=0
while [ $n -lt $n_inserts ]; do
    due=$((start + n * 500000000))
    wait_ms=$(((due - $(date +%s%N)) / 1000000))
    [ $wait_ms -le 0 ] || sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
    load "load $n" <"$TMPDIR/inserts/$n" || exit 1
    # An insert answers when its rows are in silver: its first one is there.
    [ $((n % 20)) -ne 0 ] || check_equal "insert $n: its rows are in silver" 1 \
        "$(sql "SELECT count() FROM silver_programmatic WHERE raw_id = '$(head -n 1 "$TMPDIR/inserts/$n" | cut -d '"' -f 4)'")"
    echo "$((($(date +%s%N) - due) / 1000000))" >>"$TMPDIR/lags"
    n=$((n + 1))
done
used=$(($(processor_ms) - used))
sort -n "$TMPDIR/lags" >"$TMPDIR/sorted"
summary="insert to silver: half within $(sed -n "$((n_inserts / 2))p" "$TMPDIR/sorted") ms, 99 % within $(sed -n "$((n_inserts * 99 / 100))p" "$TMPDIR/sorted") ms, \
longest $(tail -n 1 "$TMPDIR/sorted") ms; $((used / LOAD_SECONDS)) ms of processor time a second; load $(cut -d ' ' -f 1 /proc/loadavg)"
echo "$summary"
check_equal 'all rows' $((2500 * n_inserts + 2500)) "$(sql 'SELECT count() FROM silver_programmatic')"
# On a machine with other work the clock says what that work did; the processor says what this one takes.
if [ "$(cut -d . -f 1 /proc/loadavg)" -ge 2 ]; then
    check_equal "less than a processor: $summary" 1 "$((used < 1000 * LOAD_SECONDS))"
else
    check_equal "below one second: $summary" 1 "$(($(sed -n "$((n_inserts * 99 / 100))p" "$TMPDIR/sorted") < 1000))"
fi
