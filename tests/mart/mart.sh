# shellcheck shell=sh
# What the tests of the ad mart share: a server of their own and the script that is under test. Read
# after lib.sh.

mart=$ROOT/examples/ad_mart
# shellcheck source=examples/publish/client.sh
. "$ROOT/examples/publish/client.sh"
here=$mart
# shellcheck source=examples/ad_mart/template.sh
. "$mart/template.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"
scratch=$TMPDIR/scratch
database=default query_tag=test
mkdir -p "$scratch"

trap end_server EXIT
trap 'exit 129' HUP INT TERM

# Starts the server on new ports, with the schema.
mart_begin() {
    if ! [ -x "$BUILD/saltwell-local" ]; then
        skip "$(basename "$0" .sh)" "no $BUILD/saltwell-local"
        exit 0
    fi
    http=$(free_port) tcp=$(free_port)
    start_server "$TMPDIR/data" "$http" "$tcp" --no-password || exit 1
    url=http://127.0.0.1:$http
    CLICKHOUSE_URL=$url
    export CLICKHOUSE_URL
    "$mart/ad_mart" schema || exit 1
}

# generate FIRST_DAY DAYS ROWS [HOT]: HOT is how much of the rows one host has.
generate() {
    script "$mart/generate.sql" "first_day=$1" "days=$2" "rows=$3" seed=1 "hot=${4:-0.2}" || last_error
}

ad_mart() {
    "$mart/ad_mart" "$@" >"$TMPDIR/ad_mart.log" 2>&1 || { cat "$TMPDIR/ad_mart.log"; return 1; }
}

# fingerprint [DATABASE]: every bit of every row of the four marts, as one line.
fingerprint() {
    for table in user_daily host_daily ip_daily daily; do
        columns=$(sql "SELECT arrayStringConcat(groupArray(name), ', ') FROM system.columns WHERE database = 'marts' AND table = '$table'")
        sql "SELECT count(), sum(sipHash64($columns)), groupBitXor(sipHash64($columns)) FROM ${1:-marts}.$table" || last_error
    done | tr '\n\t' '  '
}

# The differences between the marts and the raw rows, a line each; none where they are right.
differences() {
    script "$mart/check.sql" || last_error
}

# What readers count on: per mart and day, the rows.
day_counts() {
    for table in user_daily host_daily ip_daily daily; do
        sql "SELECT '$table', date, count(), sum(daily_events) FROM marts.$table GROUP BY date ORDER BY date" || last_error
    done
}
