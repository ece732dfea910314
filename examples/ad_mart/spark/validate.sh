#!/bin/sh
# Runs the old Spark job and the mart on one generated day and compares them: `make validate-spark`.
# ROWS (bids, 100000), SEED (1). Skips with a message where PySpark or Java cannot be had.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=examples/ad_mart/client.sh
. "$here/client.sh"
# shellcheck source=examples/ad_mart/server.sh
. "$here/server.sh"
BUILD=${BUILD:-build}
ROWS=${ROWS:-100000} SEED=${SEED:-1}
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

# measured ROOT_PID COMMAND...: its seconds, and the peak of the memory that it, or where ROOT_PID is
# not 0 that process, and all their children hold together, looked at ten times a second.
measured() {
    python3 - "$@" <<'END'
import os, subprocess, sys, time


def tree_bytes(root):
    parents, sizes = {}, {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry))
            sizes[int(entry)] = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    total, open_pids = 0, [root]
    while open_pids:
        pid = open_pids.pop()
        total += sizes.get(pid, 0)
        open_pids += parents.get(pid, [])
    return total


began, peak = time.time(), 0
process = subprocess.Popen(sys.argv[2:])
while process.poll() is None:
    peak = max(peak, tree_bytes(int(sys.argv[1]) or process.pid))
    time.sleep(0.1)
print(f"  {time.time() - began:.1f} s, at most {peak / 2**20:.0f} MiB of memory with all children")
sys.exit(process.returncode)
END
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
for part in meta preclick; do
    step "$here/generate.sql" $part "first_day=$day" days=1 "rows=$ROWS" "seed=$SEED" || fail "$(last_error)"
done

# The tables of the log as Parquet, numbers signed as Spark wants them.
sql 'SELECT * REPLACE (toInt64(user_id) AS user_id) FROM rtb.meta_v8 FORMAT Parquet' >/dev/null || fail "$(last_error)"
mv "$scratch/answer" "$work/meta.parquet"
sql 'SELECT * REPLACE (toInt64(user_id) AS user_id) FROM rtb.yandex_preclick FORMAT Parquet' >/dev/null || fail "$(last_error)"
mv "$scratch/answer" "$work/preclick.parquet"

echo "the Spark job, $ROWS bids:"
measured 0 "$VENV/bin/python" "$here/spark/old_job.py" --meta "$work/meta.parquet" --preclick "$work/preclick.parquet" \
    --output "$work/data/user_files/old" "$day" 2>"$work/spark.log" || fail "the Spark job failed: $(tail -n 3 "$work/spark.log")"
echo 'the mart:'
measured "$server_pid" "$here/ad_mart" --date "$day" || fail 'ad_mart failed'
sql 'SYSTEM FLUSH LOGS' >/dev/null || fail "$(last_error)"
sql "SELECT '  largest query ', formatReadableSize(max(memory_usage)) FROM system.query_log
    WHERE type = 'QueryFinish' AND query_id LIKE 'ad\\_mart-%'" | tr -d '\t'

different=0
for mart in user host ip; do
    for what in totals keys; do
        rows=$(step "$here/validate.sql" "${mart}_$what" "day=$day" "old=$work/data/user_files/old/${mart}_daily/date=$day/*.parquet") ||
            fail "validate.sql, step ${mart}_$what: $(last_error)"
        [ -z "$rows" ] || { printf '%s\n' "$rows"; different=1; }
    done
done
[ $different -eq 0 ] || fail 'the marts differ'
echo 'validate.sql: no differences'
