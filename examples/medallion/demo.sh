#!/bin/sh
# `make medallion`: ROWS detections, generated (and the real bid requests in REAL, a file), from PostgreSQL and the parsers' lines to
# gold; ends with what it took and draws a page of it.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
: "${BUILD:=build}" "${ROWS:=2000000}" "${REAL:=}"
store=$BUILD/medallion
database=medallion query_tag=demo
# shellcheck source=examples/publish/client.sh
. "$here/../publish/client.sh"
# shellcheck source=examples/publish/server.sh
. "$here/../publish/server.sh"
# shellcheck source=examples/publish/postgres.sh
. "$here/../publish/postgres.sh"

say() {
    printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"
}
finish() {
    status=$?
    [ $status -eq 0 ] || ! [ -s "$scratch/error" ] || echo "medallion: $(last_error)" >&2
    remove_postgres
    [ -z "${server_pid:-}" ] || kill "$server_pid" 2>/dev/null || true
    rm -rf "$store/scratch"
}
trap finish EXIT
trap 'exit 129' HUP INT TERM

rm -rf "$store"
mkdir -p "$store/scratch"
store=$(cd "$store" && pwd)
scratch=$store/scratch
[ -n "$postgres_programs" ] || { echo 'medallion: expected PostgreSQL, found none: install/deps.sh medallion installs it' >&2 && exit 1; }

say 'starting PostgreSQL and ClickHouse'
start_postgres medallion reference
ask_postgres -v sites=300 -v advertisers=2000 -f "$here/reference.sql"
start_server "$store/data" "$(free_port)" "$(free_port)" --no-password
url=$server_url
CLICKHOUSE_URL=$url MEDALLION_POSTGRES=127.0.0.1:$postgres_port/reference MEDALLION_POSTGRES_USER=medallion
export CLICKHOUSE_URL MEDALLION_POSTGRES MEDALLION_POSTGRES_USER
"$here/medallion" schema

# generate KIND FIRST ROWS: its lines are loaded as one insert.
generate() {
    step "$here/generate.sql" "$1" "first=$2" "rows=$3" seed=1 "users=$((ROWS / 40 + 10))" sites=300 advertisers=2000 first_day=2026-01-01 days=60 \
        >"$scratch/generated"
    "$here/medallion" load "$1 $2" <"$scratch/generated"
}
# Eight of ten rows are banners.
say "loading $ROWS generated detections"
batch=100000
began=$(date +%s)
for kind in programmatic search marketplace; do
    case $kind in programmatic) n=$((ROWS * 8 / 10)) ;; *) n=$((ROWS / 10)) ;; esac
    first=0
    while [ $first -lt $n ]; do
        size=$((n - first < batch ? n - first : batch))
        generate $kind $first $size
        first=$((first + size))
    done
done
say "loaded in $(($(date +%s) - began)) s"
if [ -n "$REAL" ]; then
    say "loading the real bid requests of $REAL"
    zstd -q -d -c "$REAL" >"$store/data/user_files/real.jsonl"
    step "$here/generate.sql" real >"$scratch/real"
    "$here/medallion" load real <"$scratch/real"
fi
echo 'this is no detection' | "$here/medallion" load broken

# What one row waits between the parser's hands and silver, while the tables are full.
say 'measuring the lag from insert to silver: 20 inserts of 1 000 rows'
first=10000000
while [ $first -lt 10020000 ]; do
    step "$here/generate.sql" programmatic "first=$first" rows=1000 seed=1 users=1000 sites=300 advertisers=2000 first_day=2026-01-01 days=60 \
        >"$scratch/generated"
    before=$(date +%s%N)
    "$here/medallion" load "lag $first" <"$scratch/generated"
    echo "$(($(date +%s%N) - before))"
    first=$((first + 1000))
done | awk '{ printf "%.3f\n", $1 / 1e9 }' | sort -n >"$scratch/lags"
{ echo 'INSERT INTO ops.insert_lag (seconds) FORMAT TSV' && cat "$scratch/lags"; } >"$scratch/insert_lags" && send "$scratch/insert_lags"

say 'refreshing gold'
"$here/medallion" refresh
sql 'SYSTEM REFRESH VIEW ops.watch' && sql 'SYSTEM WAIT VIEW ops.watch'
sql 'SYSTEM FLUSH LOGS'
say "drawing $store/report.html"
"$here/medallion" report >"$store/report.html"
echo
step "$here/summary.sql" layers
echo
step "$here/summary.sql" refreshes
echo

# A count distinct over a string column of gold, and over the same rows as PostgreSQL would keep them; the median of five.
say 'copying the banners to PostgreSQL, with ids in the place of names'
ask_postgres -c 'CREATE TABLE domains (domain_id int PRIMARY KEY, domain text NOT NULL)' -c 'CREATE TABLE banners (raw_id uuid PRIMARY KEY,
    detected_at timestamp NOT NULL, site_id int NOT NULL, domain_id int NOT NULL REFERENCES domains, format text NOT NULL, country text NOT NULL,
    ots double precision NOT NULL)'
step "$here/summary.sql" domains | ask_postgres -c '\copy domains FROM STDIN'
step "$here/summary.sql" normalised | ask_postgres -c '\copy banners FROM STDIN'
ask_postgres -c 'VACUUM ANALYZE'
for _ in 1 2 3 4 5; do
    domains=$(step "$here/summary.sql" distinct)
    before=$(date +%s%N)
    postgres_domains=$(ask_postgres -c 'SELECT count(DISTINCT domain) FROM banners JOIN domains USING (domain_id)')
    echo "$((($(date +%s%N) - before) / 1000000))" >>"$scratch/postgres_ms"
done
sql 'SYSTEM FLUSH LOGS'
echo
echo "count distinct domain over gold: $domains in $(step "$here/summary.sql" answers | cut -f 2) ms; in PostgreSQL: $postgres_domains in $(
    sort -n "$scratch/postgres_ms" | sed -n 3p) ms"
echo "
  $store/report.html"
