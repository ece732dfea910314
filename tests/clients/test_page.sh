#!/bin/sh
# Runs the examples of docs/clients.md in order, on a server of their own: a ```text block right after one
# is what it prints. A block that begins with a comment of a path is a file of the dbt project, which then
# goes through both drivers.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/clients/clients.sh
. "$ROOT/tests/clients/clients.sh"

page=$ROOT/docs/clients.md
blocks=$TMPDIR/blocks
project=$TMPDIR/project
# dbt asks nobody and tells nobody.
DBT_SEND_ANONYMOUS_USAGE_STATS=False
export DBT_SEND_ANONYMOUS_USAGE_STATS

# Writes N.LANGUAGE of each block of code, and N.expected where a ```text block follows. The page's ports and the
# folder of the build are put right.
split_page() {
    mkdir -p "$blocks" "$project/models"
    sed -e "s/localhost:8123/127.0.0.1:$http/; s/localhost:9000/127.0.0.1:$tcp/" -e "s/8123/$http/; s/9000/$tcp/" \
        -e "s/'localhost'/'127.0.0.1'/; s/host: localhost/host: 127.0.0.1/" -e "s|build/saltwell-local|$BUILD/saltwell-local|" \
        "$page" | awk -v folder="$blocks" '
        /^```$/ && path != "" { after = path; path = ""; next }
        path != "" { print >path; next }
        /^```text$/ { path = after; sub(/[^.]*$/, "expected", path); printf "" >path; next }
        /^```/ { path = sprintf("%s/%02d.%s", folder, ++n, substr($0, 4)); next }'
}

# place BLOCK: a file of the dbt project goes to its place. Status 1 where it is none.
place() {
    placed=$(sed -n '1s/^\(#\|--\) \([a-z_/]*\.[a-z]*\)$/\2/p' "$1")
    [ -n "$placed" ] && cp "$1" "$project/$placed"
}

# run_block BLOCK
run_block() {
    case $1 in
    *.python) run timeout -k 5 60 "$clients/python/bin/python" "$1" ;;
    *.js) cp "$1" "$clients/node/example.mjs" && run timeout -k 5 60 node "$clients/node/example.mjs" ;;
    *.java) cp "$1" "$TMPDIR/Example.java" && run_java "$TMPDIR/Example.java" ;;
    *.sh) run env -C "$project" "PATH=$clients/python/bin:$PATH" timeout -k 5 100 sh "$1" ;;
    *) not_ok "$1" 'no way to run this language' ;;
    esac
}

# What a block needs that has to be installed.
needs() {
    case $1 in
    *.python) echo python ;;
    *.js) echo node ;;
    *.java) echo jdbc ;;
    *.sh) ! grep -q '^dbt ' "$1" || echo python ;;
    esac
}

check_block() {
    label="docs/clients.md, block $(basename "$1")"
    for needed in $(needs "$1"); do
        if ! has "$needed"; then
            skip "$label" "the test's clients in $needed could not be installed"
            return
        fi
    done
    run_block "$1" </dev/null
    expected=${1%.*}.expected
    if [ "$status" -ne 0 ]; then
        not_ok "$label" "status $status: $(tail -n 5 "$TMPDIR/stdout" "$TMPDIR/stderr")"
    elif [ -e "$expected" ] && ! diff "$expected" "$TMPDIR/stdout" >"$TMPDIR/diff"; then
        not_ok "$label" 'the output is not the one below it'
        sed 's/^/  /' "$TMPDIR/diff"
    else
        ok "$label"
    fi
}

# same NAME QUERY QUERY: they give the same rows, one at least.
same() {
    rows=$(sql "$3")
    check_equal "$1" "${rows:-rows}" "$(sql "$2")"
}

# dbt_runs WHEN DRIVER...: at the same time. Each driver has a folder of its own, so that dbt need not read the
# whole project again; that of the page's own run is `target`.
dbt_runs() {
    when=$1 runs=
    shift
    for driver; do
        folder=target
        [ "$driver" = http ] || folder=target-$driver
        env -C "$project" timeout -k 5 100 "$clients/python/bin/dbt" run --quiet --target "$driver" --target-path "$folder" \
            --log-path "$folder" </dev/null >"$TMPDIR/dbt-$driver.log" 2>&1 &
        runs="$runs $driver:$!"
    done
    for started in $runs; do
        status=0
        wait "${started#*:}" || status=$?
        check_equal "dbt run over ${started%:*} ($when)" 0 "$status"
        [ "$status" -eq 0 ] || cat "$TMPDIR/dbt-${started%:*}.log"
    done
}

# What the models hold over one of the drivers, and what they would hold if made anew from the events up to `until`.
check_models() {
    same "dbt over $1: the table" "SELECT * FROM marts_$1.periods ORDER BY user, number" \
        "SELECT user, p.number, p.id, p.length, p.last_tick - p.first_tick
        FROM (SELECT user, periods(xxh3(user), groupArray(ts), 1800, 0) AS list FROM events GROUP BY user)
        ARRAY JOIN list AS p ORDER BY user, p.number"
    same "dbt over $1: the incremental model" \
        "SELECT day, user, hex(history), moments FROM marts_$1.daily ORDER BY day, user" \
        "SELECT toDate(ts) AS day, user, hex(activityState(groupArray(ts))), welfordState(groupArray(seconds))
        FROM events WHERE day >= '2026-03-02' GROUP BY day, user ORDER BY day, user"
    same "dbt over $1: the view over a stream" \
        "SELECT user, max(period_number), sum(is_first_in_period), count() FROM marts_$1.numbered GROUP BY user ORDER BY user" \
        "SELECT user, max(arrayMax(n)), sum(arraySum(f)), sum(length(n))
        FROM (SELECT user, periodNumbers(groupArray(ts) AS t, 1800, 0) AS n, firstInPeriod(t, 1800, 0) AS f FROM events GROUP BY user)
        GROUP BY user ORDER BY user"
}

start
split_page
for block in "$blocks"/*; do
    case $block in
    *.expected) ;;
    *) place "$block" || check_block "$block" ;;
    esac
done

if ! has python; then
    skip 'dbt over both drivers' "the test's clients in python could not be installed"
    exit 0
fi
dbt_runs anew native
check_models http
check_models native
# The last day grows, a new one comes; one that is over is not looked at again.
sql "INSERT INTO events (user, ts, seconds) VALUES ('ann', '2026-03-03 23:55:00', 7), ('ann', '2026-03-04 00:05:00', 9),
    ('cid', '2026-03-04 08:00:00', NULL), ('cid', '2026-03-01 08:00:00', 1)"
dbt_runs 'once more' http native
check_models http
check_models native
