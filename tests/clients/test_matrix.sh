#!/bin/sh
# Every function through every client: types and values are those that the server writes as text over plain
# HTTP. cases.tsv has the queries, data.sql what they read.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/clients/clients.sh
. "$ROOT/tests/clients/clients.sh"

python=$clients/python/bin/python
matrix=$here/python/matrix.py
expected=$TMPDIR/expected.json
answers=$TMPDIR/answers

# ask NEEDS CLIENTS COMMAND...: the command answers for the clients, whose names are separated by commas.
ask() {
    needs=$1 names=$2
    shift 2
    if [ -n "$needs" ] && ! has "$needs"; then
        skip "$names" "the test's clients in $needs could not be installed"
        return
    fi
    "$@" </dev/null
    cp "$TMPDIR/stdout" "$answers"
    [ "$status" -eq 0 ] || not_ok "$names" "status $status: $(tail -n 3 "$TMPDIR/stderr")"
    judge_all "$names"
    check_text "$names"
}

# The names of the clients have no comma.
judge_all() {
    (
        IFS=,
        # shellcheck disable=SC2086 # the commas separate
        python3 "$matrix" judge "$expected" "$answers" $1
    )
}

# What becomes of a state that is read as text, beside what docs/states.md says of it: in the row that has
# the library and, between backticks, the way to read, the second column begins with it.
check_text() {
    sed -n 's/^{"client": *"\([^"]*\)", *"name": *"a state as text", *"found": *"\([^"]*\)"}$/\1	\2/p' "$answers" |
        while IFS="$(printf '\t')" read -r client found; do
            written=$(awk -F ' *[|] *' -v library="${client%% *}" -v way="${client#* }" '
                index($2, library) && (way == library || index($2, "`" way "`")) { print $3; exit }' "$ROOT/docs/states.md")
            case $written in
            "$found"*) ok "docs/states.md: $client" ;;
            *) not_ok "docs/states.md: $client" "expected '$written', found '$found'" ;;
            esac
        done
}

# check_returned CLIENT: the states came back as they went out, bit for bit.
check_returned() {
    check_equal "$1: states sent back" "$(sql 'SELECT count(), count() FROM states')" \
        "$(sql "SELECT count(), countIf((key, state) IN (SELECT key, state FROM states)) FROM returned WHERE client = '$1'")"
}

start

for program in "$BUILD"/bin/*; do
    ! "$program" --list </dev/null >"$TMPDIR/list" 2>/dev/null || cut -f 1 "$TMPDIR/list"
done >"$TMPDIR/functions"
sed -n 's/^CREATE OR REPLACE FUNCTION \([A-Za-z0-9_]*\) .*/\1/p' "$ROOT"/install/sql/*.sql >>"$TMPDIR/functions"
check_equal 'every function has a query' '' "$(cut -f 1 "$here/cases.tsv" | grep -vxFf - "$TMPDIR/functions")"

if ! python3 "$matrix" expect "http://127.0.0.1:$http" "$here/cases.tsv" >"$expected" 2>"$TMPDIR/error"; then
    not_ok 'the expected answers' "$(tail -n 1 "$TMPDIR/error")"
    exit 1
fi

ask python 'clickhouse-driver execute,clickhouse-driver execute_iter' \
    run timeout -k 5 60 "$python" "$here/python/ask_driver.py" "$expected" 127.0.0.1 "$tcp"
ask python 'polars Arrow,polars Parquet,pyarrow Parquet,pandas Arrow,pandas Parquet' \
    run timeout -k 5 60 "$python" "$here/python/ask_frames.py" "$expected" 127.0.0.1 "$http"
ask '' 'remote()' run timeout -k 5 60 python3 "$here/python/ask_remote.py" "$expected" "127.0.0.1:$tcp" "$BUILD/saltwell-local"
# Modules are looked for beside the file.
[ ! -d "$clients/node" ] || cp "$here/node/ask_node.mjs" "$clients/node"
ask node '@clickhouse/client' run timeout -k 5 60 node "$clients/node/ask_node.mjs" "$expected" "http://127.0.0.1:$http"
ask jdbc 'JDBC' run_java "$here/jdbc/AskJdbc.java" "$here/cases.tsv" "127.0.0.1:$http"
ask python "clickhouse-connect query,clickhouse-connect query_df,clickhouse-connect query_arrow,clickhouse-connect query_rows_stream" \
    run timeout -k 5 60 "$python" "$here/python/ask_connect.py" "$expected" 127.0.0.1 "$http"

check_returned 'remote()'
! has node || check_returned '@clickhouse/client'
! has jdbc || check_returned JDBC
! has python || for client in clickhouse-driver clickhouse-connect polars pandas pyarrow; do
    check_returned $client
done
