#!/bin/sh
# tests/sql/run.sh [--accept] [CASE...]
#
# Runs tests/sql/cases/CASE.sql, all by default, through $BUILD/saltwell-local. Standard output and
# error must equal CASE.expected; or, where CASE.error exists, the status must not be 0 and standard
# error must contain each line of that file. --accept writes what was found into the CASE.expected
# files instead.
#
# First lines of a case, in any order:
#   -- needs: cran nist        skip, and say so, where this real data is absent
#   -- settings: a=1,4 b=x,y   run under each combination; the expected output is the same
#   -- since: 25.8 WHAT        skip, and say so, on an older engine, which lacks WHAT
# {data} in a case stands for the folder of the real data.
#
# Environment, for another engine than the one in $BUILD: SALTWELL_LOCAL (what to run in place of
# saltwell-local), ENGINE_VERSION (as 25.8), SQL_COMBINATIONS (how many of the settings, default all).
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

cases=$ROOT/tests/sql/cases
engine=${SALTWELL_LOCAL:-$BUILD/saltwell-local}
accept=no
if [ "${1:-}" = --accept ]; then
    accept=yes
    shift
fi
any_failed=0

# directive WORD FILE: the text after `-- WORD:` in the comment lines at the head of the file.
directive() {
    sed -n -e '/^--/!q' -e "s/^-- $1: *//p" "$2"
}

# combinations "a=1,4 b=2,3": one line per combination, `--a=1 --b=2`, each option a word.
combinations() {
    echo "$1" | awk '
    function expand(i, options,    values, n, j, at) {
        if (i > NF) {
            print substr(options, 2)
            return
        }
        at = index($i, "=")
        n = split(substr($i, at + 1), values, ",")
        for (j = 1; j <= n; j++)
            expand(i + 1, options " --" substr($i, 1, at) values[j])
    }
    { expand(1, "") }'
}

# is_older VERSION: whether the engine is older than that.
is_older() {
    [ -n "${ENGINE_VERSION:-}" ] && [ "$ENGINE_VERSION" != "$1" ] &&
        [ "$(printf '%s\n%s\n' "$ENGINE_VERSION" "$1" | sort -V | head -n 1)" = "$ENGINE_VERSION" ]
}

failed() {
    any_failed=1
    not_ok "$1" "$2"
}

# judge_error NAME STATUS FRAGMENT_FILE
judge_error() {
    if [ "$2" -eq 0 ]; then
        failed "$1" 'expected an error, the query succeeded'
        return
    fi
    while IFS= read -r fragment; do
        if ! grep -qF -e "$fragment" "$TMPDIR/stderr"; then
            failed "$1" "expected '$fragment' in '$(head -c 1000 "$TMPDIR/stderr")'"
            return
        fi
    done <"$3"
    ok "$1"
}

# judge_output NAME STATUS EXPECTED_FILE
judge_output() {
    cat "$TMPDIR/stdout" "$TMPDIR/stderr" >"$TMPDIR/found"
    if [ "$2" -ne 0 ]; then
        failed "$1" "status $2: $(head -c 1000 "$TMPDIR/stderr")"
    elif [ "$accept" = yes ]; then
        cp "$TMPDIR/found" "$3"
        accept=accepted
        ok "$1"
    elif [ ! -e "$3" ]; then
        failed "$1" "there is neither $(basename "$3") nor an .error file"
    elif diff -u "$3" "$TMPDIR/found" >"$TMPDIR/diff"; then
        ok "$1"
    else
        failed "$1" "the output differs from $(basename "$3")"
        sed -e '1,2d' -e 's/^/  /' "$TMPDIR/diff" | head -n 20
    fi
}

# run_case NAME: the first combination of settings is the one that --accept records.
run_case() {
    case_name=$1
    sql=$cases/$case_name.sql
    if [ ! -e "$sql" ]; then
        failed "$case_name" "there is no tests/sql/cases/$case_name.sql"
        return
    fi
    for data_name in $(directive needs "$sql"); do
        if ! data_file "$data_name" >"$TMPDIR/path"; then
            skip "$case_name" "the real data '$data_name' is not in $SALTWELL_DATA"
            return
        fi
    done
    since=$(directive since "$sql")
    if [ -n "$since" ] && is_older "${since%% *}"; then
        skip "$case_name" "this engine, $ENGINE_VERSION, is older than ${since%% *}: ${since#* }"
        return
    fi
    sed "s|{data}|$SALTWELL_DATA|g" "$sql" >"$TMPDIR/case.sql"
    combinations "$(directive settings "$sql")" | head -n "${SQL_COMBINATIONS:-1000}" >"$TMPDIR/combinations"
    accepting=$accept
    while IFS= read -r options; do
        label=$case_name${options:+ [$(echo "$options" | sed 's/--//g')]}
        # shellcheck disable=SC2086 # each option is a word
        run "$engine" --input_format_skip_unknown_fields=0 $options \
            --queries-file "$TMPDIR/case.sql" </dev/null
        if [ -e "$cases/$case_name.error" ]; then
            judge_error "$label" "$status" "$cases/$case_name.error"
        else
            judge_output "$label" "$status" "$cases/$case_name.expected"
        fi
    done <"$TMPDIR/combinations"
    accept=$accepting
}

if [ ! -x "$engine" ]; then
    not_ok sql "expected the engine's launcher at $engine, found none: build it first"
    exit 1
fi
if [ $# -eq 0 ]; then
    for sql in "$cases"/*.sql; do
        set -- "$@" "$(basename "$sql" .sql)"
    done
fi
for name in "$@"; do
    run_case "$name"
done
exit "$any_failed"
