# shellcheck shell=sh
# What the tests of the medallion share: a ClickHouse and a PostgreSQL of their own, and the script that is under test. Read
# after lib.sh.

medallion=$ROOT/examples/medallion
# shellcheck source=examples/publish/client.sh
. "$ROOT/examples/publish/client.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"
# shellcheck source=examples/medallion/postgres.sh
. "$medallion/postgres.sh"
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
    start_postgres || exit 1
    in_postgres -v "sites=$sites" -v "advertisers=$advertisers" -f "$medallion/reference.sql" || exit 1
    url=http://127.0.0.1:$http
    MEDALLION_POSTGRES=127.0.0.1:$postgres_port/reference CLICKHOUSE_URL=$url
    MEDALLION_POSTGRES_USER=medallion MEDALLION_POSTGRES_PASSWORD=
    export MEDALLION_POSTGRES MEDALLION_POSTGRES_USER MEDALLION_POSTGRES_PASSWORD CLICKHOUSE_URL
    "$medallion/medallion" schema || exit 1
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
