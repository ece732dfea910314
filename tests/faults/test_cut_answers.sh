#!/bin/sh
# A server that is killed while it answers: what has not come whole is no answer, to the scripts of install and of the
# examples, wherever it ends.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# ask_cut NAME QUESTION: asks until the answer is whole; the bytes of each answer that was taken go to the file `taken`.
ask_cut() {
    rm -f "$TMPDIR/port" "$TMPDIR/taken" "$TMPDIR/errors"
    python3 "$ROOT/tests/faults/cut.py" "$TMPDIR/port" >"$TMPDIR/whole" &
    cutter=$!
    until [ -s "$TMPDIR/port" ]; do
        kill -0 "$cutter" 2>/dev/null || break
        sleep 0.1
    done
    url=http://127.0.0.1:$(cat "$TMPDIR/port")
    whole=$(cat "$TMPDIR/whole")
    for size in $(seq 0 "$whole"); do
        if answer=$($2); then
            echo "$size $answer" >>"$TMPDIR/taken"
        elif [ "$size" -gt 0 ]; then
            head -c 1000 "$scratch/error" >>"$TMPDIR/errors"
        fi
    done
    wait "$cutter"
    # The last two bytes end a list of trailers, which is empty.
    check_equal "$1: answers" "$whole 1" "$(grep -v "^$((whole - 1)) \|^$((whole - 2)) " "$TMPDIR/taken")"
    check_contains "$1: message" "no answer from the server: the connection ended within the answer's header" "$(cat "$TMPDIR/errors")"
}

# shellcheck disable=SC2034 # client.sh's
scratch=$TMPDIR database=default query_tag=cut
# shellcheck source=examples/publish/client.sh
. "$ROOT/examples/publish/client.sh"
ask_examples() {
    sql 'SELECT 1'
}
ask_cut examples ask_examples

# shellcheck source=install/lib/server.sh
. "$ROOT/install/lib/server.sh"
ask_install() {
    ask 'SELECT 1'
}
ask_cut install ask_install
