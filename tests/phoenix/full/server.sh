# shellcheck shell=sh disable=SC2154 # the caller's variables
# HBase and Phoenix in the place of the light server, and its SQL: PHOENIX=tests/phoenix/full/server.sh for examples/incremental_load.

run_phoenix() {
    full=$BUILD/phoenix/full full_sources=$here/../../tests/phoenix/full
    mkdir -p "$work/hbase/conf"
    cp "$full_sources/log4j.properties" "$work/hbase/conf/"
    exec java "@$full_sources/java.options" -cp "$work/hbase/conf:$(cat "$full/classpath"):$full/classes" \
        full.FullServer "$work/hbase" "$(free_port)" "$1" "$(free_port)"
}

# There is no way to make rows of nothing: a table of numbers, which doubles until it is long enough.
add_codes() {
    tell_phoenix 'sql CREATE TABLE IF NOT EXISTS NUMBERS (N BIGINT NOT NULL PRIMARY KEY)'
    tell_phoenix 'sql UPSERT INTO NUMBERS VALUES (0)'
    n=1
    while [ $n -lt $(($2 * $3)) ]; do
        tell_phoenix "sql UPSERT INTO NUMBERS SELECT N + $n FROM NUMBERS WHERE N < $n"
        n=$((n * 2))
    done
    tell_phoenix "sql UPSERT INTO $table SELECT 'c' || TO_CHAR(N * 7919 % 1000) || '-$4', CASE WHEN N % 3 = 0 THEN 'EMISSION' ELSE 'AGGREGATION' END, CAST(TO_TIMESTAMP('$1.000') + N / ($3 * 1440.0) AS TIMESTAMP), N, CASE WHEN N % 7 = 3 THEN NULL ELSE CAST(N % 12 AS INTEGER) END, CASE WHEN N % 7 = 3 THEN NULL ELSE 'имя \"' || TO_CHAR(N) || '\"' END, CASE WHEN N % 7 = 3 THEN NULL ELSE CAST(N / 10000.0 AS DECIMAL(18,4)) END FROM NUMBERS WHERE N < $(($2 * $3))"
}

change_codes() {
    tell_phoenix "sql UPSERT INTO $table (C, T, OPD, ST, PARTICIPANT) SELECT C, T, OPD, $1, CAST(NULL AS VARCHAR) FROM $table WHERE ID % $2 = $3"
}
