# shellcheck shell=sh
# What the tests of the medallion share: a ClickHouse and a PostgreSQL of their own, and the script that is under test. Read
# after lib.sh.

medallion=$ROOT/examples/medallion
# shellcheck source=examples/publish/client.sh
. "$ROOT/examples/publish/client.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"
# shellcheck source=examples/publish/postgres.sh
. "$ROOT/examples/publish/postgres.sh"
scratch=$TMPDIR/scratch
# shellcheck disable=SC2034 # read by client.sh
database=medallion query_tag=test
mkdir -p "$scratch"

medallion_end() {
    remove_postgres
    end_server
}

# medallion_begin SITES ADVERTISERS: both servers, the reference tables and the schema.
medallion_begin() {
    if [ -z "$postgres_programs" ]; then
        skip "$(basename "$0" .sh)" 'no PostgreSQL: install/deps.sh medallion installs it'
        exit 0
    fi
    sites=$1 advertisers=$2
    test_server "$(basename "$0" .sh)"
    trap medallion_end EXIT
    start_postgres medallion reference || exit 1
    ask_postgres -v "sites=$sites" -v "advertisers=$advertisers" -f "$medallion/reference.sql" || exit 1
    url=http://127.0.0.1:$http
    MEDALLION_POSTGRES=127.0.0.1:$postgres_port/reference CLICKHOUSE_URL=$url
    MEDALLION_POSTGRES_USER=medallion MEDALLION_POSTGRES_PASSWORD=
    export MEDALLION_POSTGRES MEDALLION_POSTGRES_USER MEDALLION_POSTGRES_PASSWORD CLICKHOUSE_URL
    # shellcheck disable=SC2086 # words
    "$medallion/medallion" schema ${medallion_options:-} || exit 1
}

# generate KIND FIRST ROWS [SEED]: lines as a parser sends them, over 40 days from 2026-01-01 on.
# shellcheck disable=SC2154 # sites and advertisers are those of medallion_begin
generate() {
    step "$medallion/generate.sql" "$1" "first=$2" "rows=$3" "seed=${4:-1}" users=200 "sites=$sites" "advertisers=$advertisers" \
        first_day=2026-01-01 days=40 || last_error
}

# load TOKEN < LINES
load() {
    "$medallion/medallion" load "$1"
}

# real_bids: the bid requests of ../shared/data as lines of a parser.
real_bids() {
    rtb=$(data_file rtb) || return 1
    mkdir -p "$TMPDIR/data/user_files"
    zstd -q -d -c "$rtb" >"$TMPDIR/data/user_files/real.jsonl"
    step "$medallion/generate.sql" real || last_error
}

# keep_loading FIRST: batches of 100 programmatic lines from line FIRST on, each sent until it is taken, while the file
# $TMPDIR/loading is there. What was sent is added to $TMPDIR/sent.
keep_loading() {
    next_line=$1
    scratch=$TMPDIR/loader
    mkdir -p "$scratch"
    while [ -e "$TMPDIR/loading" ]; do
        batch=$TMPDIR/batches/$next_line
        [ -e "$batch" ] || break
        until load "batch$next_line" <"$batch" >"$TMPDIR/loader.log" 2>&1; do
            sleep 0.1
        done
        cat "$batch" >>"$TMPDIR/sent"
        next_line=$((next_line + 100))
    done
}

# make_batches FIRST N: N files of 100 lines in $TMPDIR/batches, named after their first line.
make_batches() {
    mkdir -p "$TMPDIR/batches"
    generate programmatic "$1" $((100 * $2)) >"$TMPDIR/all_batches"
    awk -v first="$1" -v folder="$TMPDIR/batches" '{ print > (folder "/" (first + 100 * int((NR - 1) / 100))) }' "$TMPDIR/all_batches"
}

# whole NAME: every line of $TMPDIR/sent is in bronze once and in silver once, and the counters have counted each once.
whole() {
    sed 's/^{"raw_id":"\([^"]*\)".*/\1/' "$TMPDIR/sent" | sort >"$TMPDIR/expected_ids"
    for table in bronze_raw_data silver_programmatic; do
        sql "SELECT raw_id FROM $table WHERE $([ $table = silver_programmatic ] && echo 1 || echo "detection_type = 'programmatic'")" |
            sort >"$TMPDIR/ids"
        check_files_equal "$1: every line once in $table" "$TMPDIR/expected_ids" "$TMPDIR/ids"
    done
    check_equal "$1: counted once" '' "$(sql "
        SELECT month, domain_hash, group_hash, sum(n) FROM
        (
            SELECT month, domain_hash, group_hash, toInt64(placements) AS n FROM silver_kutm_per_group
            UNION ALL
            SELECT month, domain_hash, 0, toInt64(placements) FROM silver_kutm_per_domain
            UNION ALL
            SELECT toYYYYMM(detected_at), domain_hash, arrayJoin([group_hash, 0]), -1 FROM silver_programmatic
        )
        GROUP BY ALL HAVING sum(n) != 0 LIMIT 3")"
}

# kill_server: at once; then it is started again on the same folder.
kill_server() {
    kill -9 "$server_pid"
    wait "$server_pid" 2>/dev/null
    start_server "$TMPDIR/data" "$http" "$tcp" --no-password || not_ok 'the server starts again' "$(tail -n 1 "$TMPDIR/data.log")"
}

# now_and_then SECONDS: sleeps a random part of it.
now_and_then() {
    sleep "$(awk -v most="$1" -v seed="$(date +%N)" 'BEGIN { srand(seed); printf "%.3f", most * rand() }')"
}
