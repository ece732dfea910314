#!/bin/sh
# Runs the old Spark job and the mart on one generated day and compares them: `make validate-spark`.
# ROWS (bids, 100000), SEED (1), HOT (how much of them one host holds, 0.2). Skips with a message where PySpark or Java cannot be had.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=examples/publish/client.sh
. "$here/../publish/client.sh"
# shellcheck source=examples/publish/server.sh
. "$here/../publish/server.sh"
# shellcheck source=examples/ad_mart/template.sh
. "$here/template.sh"
BUILD=${BUILD:-build}
ROWS=${ROWS:-100000} SEED=${SEED:-1} HOT=${HOT:-0.2}
day=2024-01-15
# shellcheck disable=SC2034 # read by client.sh
scratch=$(mktemp -d) database=default query_tag=validate server_pid=
work=$BUILD/validate_spark
VENV=${VENV:-$BUILD/spark-venv}

end() {
    if [ -n "$server_pid" ]; then
        kill "$server_pid" && wait "$server_pid"
    fi
    rm -rf "$scratch"
}
trap end EXIT
trap 'exit 130' HUP INT TERM

fail() {
    echo "validate-spark: $*" >&2
    exit 1
}

skip() {
    echo "validate-spark: skipped: $*"
    exit 0
}

command -v java >/dev/null || skip 'no java on this machine (PySpark 3.5 needs Java 8, 11 or 17)'
if ! [ -x "$VENV/bin/spark-submit" ]; then
    echo 'making a virtual environment with PySpark (about 320 MB, once) ...'
    { python3 -m venv "$VENV" && "$VENV/bin/pip" install --quiet -r "$here/spark/requirements.txt"; } ||
        skip 'pip could not install PySpark'
fi

rm -rf "$work"
mkdir -p "$work"
work=$(cd "$work" && pwd)
http=$(free_port)
start_server "$work/data" "$http" "$(free_port)" || exit 1
url=$server_url
CLICKHOUSE_URL=$url
export CLICKHOUSE_URL
"$here/ad_mart" schema || fail "$(last_error)"
script "$here/generate.sql" "first_day=$day" days=1 "rows=$ROWS" "seed=$SEED" "hot=$HOT" || fail "$(last_error)"

# The tables of the log as Parquet, numbers signed as Spark wants them.
sql 'SELECT * REPLACE (toInt64(user_id) AS user_id) FROM rtb.meta_v8 FORMAT Parquet' >/dev/null || fail "$(last_error)"
mv "$scratch/answer" "$work/meta.parquet"
sql 'SELECT * REPLACE (toInt64(user_id) AS user_id) FROM rtb.yandex_preclick FORMAT Parquet' >/dev/null || fail "$(last_error)"
mv "$scratch/answer" "$work/preclick.parquet"

echo "the Spark job, three marts without periods, $ROWS bids:"
python3 "$here/spark/measured.py" 0 "$VENV/bin/python" "$here/spark/old_job.py" --meta "$work/meta.parquet" --preclick "$work/preclick.parquet" \
    --output "$work/data/user_files/old" "$day" >"$work/spark" 2>"$work/spark.log" || fail "the Spark job failed: $(tail -n 3 "$work/spark.log")"
tail -n 1 "$work/spark"
echo 'the same three marts here:'
python3 "$here/spark/measured.py" "$server_pid" "$here/ad_mart" --date "$day" --marts user,host,ip >"$work/three" || fail 'ad_mart failed'
tail -n 1 "$work/three"
echo 'all four, the finest grain too:'
python3 "$here/spark/measured.py" "$server_pid" "$here/ad_mart" --date "$day" >"$work/four" || fail 'ad_mart failed'
tail -n 1 "$work/four"
for what in three four; do
    { tail -n 1 "$work/spark" && tail -n 1 "$work/$what"; } | sed 's/[^0-9.]\{1,\}/ /g' |
        awk -v what=$what 'NR == 1 { s = $1; p = $2 } NR == 2 { printf "%s marts: %.1f times the speed of the Spark job, by processor seconds %.1f times\n", what, s / $1, p / $2 }'
done
sql 'SYSTEM FLUSH LOGS' >/dev/null || fail "$(last_error)"
echo 'processor seconds in the server, seconds, memory of the steps:'
sql "SELECT leftPad(toString(round((ProfileEvents['UserTimeMicroseconds'] + ProfileEvents['SystemTimeMicroseconds']) / 1e6, 1)), 6),
        leftPad(toString(round(query_duration_ms / 1000, 1)), 6), leftPad(formatReadableSize(memory_usage), 11),
        extract(query, '^-- step: ([a-z_]+)') || ' ' || extract(query, '(?:INTO|TABLE) ([a-z_]+)')
    FROM system.query_log WHERE type = 'QueryFinish' AND query_id LIKE 'ad\\_mart-%' AND query_duration_ms > 300 ORDER BY event_time_microseconds
    FORMAT TSVRaw" || fail "$(last_error)"

different=0
for mart in user host ip; do
    rows=$(of_mart "$mart" script "$here/validate.sql" "day=$day" "old=$work/data/user_files/old/${mart}_daily/date=$day/*.parquet") ||
        fail "validate.sql of $mart: $(last_error)"
    [ -z "$rows" ] || { printf '%s\n' "$rows"; different=1; }
done
[ $different -eq 0 ] || fail 'the marts differ'
echo 'validate.sql: no differences'
