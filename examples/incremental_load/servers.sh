# shellcheck shell=sh disable=SC2034,SC2154 # the caller's variables
# What the load runs against on one machine: PostgreSQL, the light Phoenix server of the tests, two ClickHouse servers, and
# `load` with settings of their own. PHOENIX=FILE has run_phoenix, add_codes and change_codes of another Phoenix. Read after
# server.sh and postgres.sh of ../publish and after ../ad_mart/cluster/nodes.sh; the caller sets $BUILD, $here and $work, an
# absolute folder, and calls end_servers in the end.
light=$BUILD/phoenix/light
table=TBL_JTI_TRACE_CIS_HISTORY
phoenix_pid=''

# What is missing for it, or nothing.
missing_servers() {
    [ -x "$BUILD/saltwell-local" ] || echo "the engine's launcher at $BUILD/saltwell-local"
    [ -e "$light/classpath" ] || echo 'the light Phoenix server (sh tests/phoenix/install.sh, which needs javac and mvn)'
    [ -n "$postgres_programs" ] || echo 'PostgreSQL (install/deps.sh load)'
}

# ---- Phoenix ----

# run_phoenix PORT: becomes the server, which takes commands on its standard input (tests/phoenix/light).
run_phoenix() {
    exec java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Duser.timezone=UTC -cp "$light/classes:$(cat "$light/classpath")" \
        light.LightServer "$1" "$(free_port)" "$(free_port)"
}

start_phoenix() {
    phoenix_port=$(free_port)
    mkfifo "$work/phoenix.in"
    : >"$work/phoenix.out"
    run_phoenix "$phoenix_port" <"$work/phoenix.in" >>"$work/phoenix.out" 2>"$work/phoenix.log" &
    phoenix_pid=$!
    exec 8>"$work/phoenix.in"
    n_answers=0
    phoenix_answer
}

phoenix_answer() {
    n_answers=$((n_answers + 1))
    tries=0
    until [ "$(grep -acxF . "$work/phoenix.out")" -ge $n_answers ]; do
        tries=$((tries + 1))
        if [ $tries -gt 3600 ] || ! kill -0 "$phoenix_pid" 2>/dev/null; then
            echo "the Phoenix server does not answer: $(tail -n 1 "$work/phoenix.log")" >&2
            return 1
        fi
        sleep 0.05
    done
}

# tell_phoenix COMMAND: its answer is printed.
tell_phoenix() {
    : >"$work/phoenix.out" && n_answers=0
    echo "$1" >&8
    phoenix_answer && { grep -avxF . "$work/phoenix.out" || :; }
}

create_codes() {
    tell_phoenix "sql CREATE TABLE $table (C VARCHAR(60) NOT NULL, T VARCHAR(20) NOT NULL, OPD TIMESTAMP NOT NULL, ID BIGINT, ST INTEGER, PARTICIPANT VARCHAR(100), AMOUNT DECIMAL(18,4), CONSTRAINT CODES_KEY PRIMARY KEY (C, T, OPD))"
}

# add_codes FROM MINUTES A_MINUTE SEED: codes with times in UTC, one in seven with NULLs.
add_codes() {
    tell_phoenix "sql INSERT INTO $table SELECT 'c' || MOD(N * 7919, 1000) || '-' || $4, CASE MOD(N, 3) WHEN 0 THEN 'EMISSION' ELSE 'AGGREGATION' END, TIMESTAMP '$1' + (N * 60000 / $3 / 1000.0) SECOND, N, CASE WHEN MOD(N, 7) = 3 THEN NULL ELSE MOD(N, 12) END, CASE WHEN MOD(N, 7) = 3 THEN NULL ELSE 'имя \"' || N || '\"' END, CASE WHEN MOD(N, 7) = 3 THEN NULL ELSE N / 10000.0 END FROM UNNEST(SEQUENCE_ARRAY(0, $(($2 * $3 - 1)), 1)) AS X(N)"
}

# change_codes ST N REST: one in N, those with this rest, get another ST and a NULL.
change_codes() {
    tell_phoenix "sql UPDATE $table SET ST = $1, PARTICIPANT = NULL WHERE MOD(ID, $2) = $3"
}

# shellcheck disable=SC1090 # the caller's
[ -z "${PHOENIX:-}" ] || . "$PHOENIX"

# ---- ClickHouse ----

# The executables in a folder of their own, with the sources that phoenix_scan may read.
make_plugins() {
    mkdir -p "$work/plugins/details"
    for folder in bin xml user_defined; do
        cp -r "$BUILD/$folder" "$work/plugins/"
    done
    (umask 077 && printf '[trace]\nurl = http://127.0.0.1:%s/\ndetails = %s\n' "$phoenix_port" "$work/plugins/details" >"$work/plugins/bin/phoenix_sources.conf")
}

start_clickhouse() {
    make_plugins
    mkdir -p "$work/clickhouse"
    # phoenix_scan's account of a run lies in a folder that both share: outside of their data.
    start_nodes "$work/clickhouse" --plugins "$work/plugins" --all-files || return 1
    CH_PASSWORD=$(cat "$work/clickhouse/node1/saltwell-password")
    export CH_PASSWORD
}

# write_settings HOSTS [NAME=VALUE...]: load.conf with these changes, in $work/load.conf.
write_settings() {
    sed -e "s|^PG_DSN=.*|PG_DSN=$postgres_dsn|" -e "s|^CH_HOSTS=.*|CH_HOSTS=$1|" -e "s/^#CH_CLEAN_TTL_DAYS=.*/CH_CLEAN_TTL_DAYS=7300/" "$here/load.conf" >"$work/load.conf"
    shift
    for setting in "$@"; do
        grep -v "^#*${setting%%=*}=" "$work/load.conf" >"$work/load.conf.new"
        echo "$setting" >>"$work/load.conf.new"
        mv "$work/load.conf.new" "$work/load.conf"
    done
}

# The rows that CLEAN and Phoenix do not have in common, of the interval between two times in UTC; a reader of its own for each.
different_rows() {
    tell_phoenix "dump SELECT C, T, OPD, ID, ST, PARTICIPANT, AMOUNT FROM $table WHERE OPD >= TIMESTAMP '$1' AND OPD < TIMESTAMP '$2'" | sort >"$work/of_phoenix"
    sql "SELECT c, t, toTimeZone(opd, 'UTC'), id, st, participant, amount FROM stg.daily_codes_history_all
        WHERE opd >= toDateTime64('$1', 3, 'UTC') AND opd < toDateTime64('$2', 3, 'UTC')" >"$work/of_clean" || return 1
    sort -o "$work/of_clean" "$work/of_clean"
    [ -s "$work/of_phoenix" ] || echo 'Phoenix has no row there'
    diff "$work/of_phoenix" "$work/of_clean"
}

end_servers() {
    end_nodes
    if [ -n "$phoenix_pid" ] && kill -9 "$phoenix_pid" 2>/dev/null; then
        wait "$phoenix_pid" 2>/dev/null || :
    fi
    remove_postgres
}
