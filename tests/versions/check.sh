#!/bin/sh
# tests/versions/check.sh [VERSION...]
#
# Runs the SQL cases, the README's queries and the doctor on older engines, all of those below by default: chdb's
# wheels and packages hold a whole ClickHouse each. They are fetched once, about 140 MB each, into
# $BUILD/versions. Prints one line per case and engine, and at the end `N passed, N failed, N skipped`;
# status 1 if anything failed. Each case runs under the first combination of its settings.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=examples/ad_mart/server.sh
. "$ROOT/examples/ad_mart/server.sh"

# version, where it comes from, package, the package's version
engines() {
    cat <<'EOF'
24.8 pip chdb 2.1.1
25.5 pip chdb 3.4.1
25.8 pip chdb 3.7.2
26.5 npm @chdb/lib-linux-x64-gnu 26.5.0
EOF
}

# Leaves the path of the shared object of the engine in $engine. Status 1 where it cannot be had: its
# reason is the last line of $TMPDIR/fetch.log.
fetch() {
    engine_folder=$BUILD/versions/$1
    if [ ! -d "$engine_folder" ]; then
        echo "fetching ClickHouse $1 ($3 $4, about 140 MB, once) ..."
        rm -rf "$engine_folder.new"
        mkdir -p "$engine_folder.new"
        case $2 in
        pip) python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
            --no-deps --only-binary=:all: --target "$engine_folder.new" "$3==$4" ;;
        npm) npm install --silent --no-audit --no-fund --prefix "$engine_folder.new" "$3@$4" ;;
        esac >"$TMPDIR/fetch.log" 2>&1 || return 1
        mv "$engine_folder.new" "$engine_folder"
    fi
    for engine in "$engine_folder"/chdb/_chdb*.so "$engine_folder"/node_modules/@chdb/*/libchdb.so; do
        [ ! -e "$engine" ] || return 0
    done
    echo "there is no engine in $engine_folder" >"$TMPDIR/fetch.log"
    return 1
}

count() {
    grep -c "^$1 " "$TMPDIR/results"
}

# check_case VERSION NAME: its lines, with the version in them, are printed and kept.
check_case() {
    mkdir "$TMPDIR/case"
    case_status=0
    TMPDIR=$TMPDIR/case SALTWELL_TEST_RUN=1 timeout -k 10 "${TEST_TIMEOUT_S:-300}" \
        "$ROOT/tests/sql/run.sh" "$2" </dev/null >"$TMPDIR/lines" 2>&1 || case_status=$?
    rm -rf "$TMPDIR/case"
    if ! grep -qE '^(ok|not ok|skip) ' "$TMPDIR/lines"; then
        not_ok "$2" "ended with status $case_status and no result" >>"$TMPDIR/lines"
    fi
    sed -E "s/^(ok|not ok|skip) /&$1 /" "$TMPDIR/lines" | tee -a "$TMPDIR/results"
}

# blocks LANGUAGE: the README's blocks of it, one after the other.
blocks() {
    awk -v open="^\`\`\`$1\$" '/^```/ { inside = $0 ~ open; next } inside' "$ROOT/README.md"
}

# check_readme VERSION. The table of the load status came with 26.2; what saltwell_sql prints is not shown.
check_readme() {
    blocks sql | grep -v 'system.user_defined_functions' |
        awk 'BEGIN { RS = ";"; ORS = ";" } !/saltwell_sql/ && /[^[:space:]]/' >"$TMPDIR/readme.sql"
    blocks text >"$TMPDIR/readme.expected"
    run timeout -k 10 "${TEST_TIMEOUT_S:-300}" "$SALTWELL_LOCAL" --queries-file "$TMPDIR/readme.sql" </dev/null
    if [ "$status" -eq 0 ]; then
        check_files_equal "$1 README" "$TMPDIR/readme.expected" "$TMPDIR/stdout"
    else
        not_ok "$1 README" "status $status: $stderr"
    fi | tee -a "$TMPDIR/results"
}

# check_installed VERSION: as the installer lays a server out, the doctor finds nothing wrong.
check_installed() {
    installed=$TMPDIR/installed
    rm -rf "$installed"
    "$ROOT/install/install.sh" --offline --user-scripts "$installed/bin" --functions "$installed/xml" \
        --user-defined "$installed/user_defined" >/dev/null
    port=$(free_port)
    BUILD=$installed python3 "$ROOT/tests/versions/http_front.py" "$port" </dev/null &
    front=$!
    run curl -s --retry 50 --retry-connrefused --retry-delay 1 -o /dev/null "http://127.0.0.1:$port/" --data-binary 'SELECT 1'
    run "$ROOT/install/doctor.sh" --url "http://127.0.0.1:$port"
    kill $front
    check_equal "$1 the doctor" '0 ' "$status $(grep '^fail' "$TMPDIR/stdout")" | tee -a "$TMPDIR/results"
}

check_engine() {
    if ! fetch "$@"; then
        skip "$1" "$(tail -n 1 "$TMPDIR/fetch.log")" | tee -a "$TMPDIR/results"
        return
    fi
    export ENGINE_VERSION="$1" SALTWELL_ENGINE="$engine"
    for sql in "$ROOT"/tests/sql/cases/*.sql; do
        check_case "$1" "$(basename "$sql" .sql)"
    done
    check_readme "$1"
    check_installed "$1"
}

export SALTWELL_LOCAL="$ROOT/tests/versions/chdb_local.py" SQL_COMBINATIONS=1
: >"$TMPDIR/results"
# shellcheck disable=SC2046 # each version is a word
[ $# -gt 0 ] || set -- $(engines | cut -d ' ' -f 1)
for version; do
    # shellcheck disable=SC2046 # the words of a line
    set -- $(engines | grep "^$version ")
    if [ $# -eq 0 ]; then
        echo "usage: tests/versions/check.sh [$(engines | cut -d ' ' -f 1 | tr '\n' ' ')]" >&2
        exit 2
    fi
    check_engine "$@"
done
echo "$(count ok) passed, $(count 'not ok') failed, $(count skip) skipped"
[ "$(count ok)" -gt 0 ] && [ "$(count 'not ok')" -eq 0 ]
