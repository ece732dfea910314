#!/bin/sh
# The runner itself: a test that fails, crashes, hangs or says nothing must make the run fail. It runs
# on a copy, beside made-up test programs and made-up builds.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
set -f

copy=$TMPDIR/copy
new_copy() {
    rm -rf "$copy"
    mkdir -p "$copy/tests/cli" "$copy/tests/laws" "$copy/tests/sql/cases" "$copy/build/tests"
    cp "$ROOT/tests/lib.sh" "$ROOT/tests/run.sh" "$ROOT/tests/run_unit.sh" "$copy/tests"
    cp "$ROOT/tests/sql/run.sh" "$copy/tests/sql"
}

# program FILE: makes an executable of stdin.
program() {
    cat >"$copy/$1"
    chmod +x "$copy/$1"
}

# run_copy GROUP...: a run of the copy as its own user would start it. Only programs that hang are given
# little time: on a busy machine a second is soon over.
time_limit_s=60
run_copy() {
    run env -u SALTWELL_TEST_RUN BUILD=build SALTWELL_DATA=absent TEST_TIMEOUT_S=$time_limit_s \
        sh "$copy/tests/run.sh" "$@"
    output=$(cat "$TMPDIR/stdout")
    last=$(tail -n 1 "$TMPDIR/stdout")
}

# expect_run NAME STATUS LAST_LINE [FRAGMENT]
expect_run() {
    check_equal "$1: status" "$2" "$status"
    check_equal "$1: last line" "$3" "$last"
    [ $# -lt 4 ] || check_contains "$1: detail" "$4" "$output"
}

# expect_program NAME STATUS LAST_LINE FRAGMENT, with a cli program on stdin.
expect_program() {
    new_copy
    program tests/cli/test_it.sh
    run_copy cli
    expect_run "$@"
}

expect_program passing 0 '2 passed, 0 failed, 1 skipped' 'skip three: no data' <<'EOF'
#!/bin/sh
echo 'ok one'; echo 'commentary: not ok in the middle'; echo 'ok two'; echo 'skip three: no data'
EOF
expect_program failing 1 '1 passed, 1 failed, 0 skipped' 'not ok two: seven' <<'EOF'
#!/bin/sh
echo 'ok one'; echo 'not ok two: seven'; exit 1
EOF
expect_program 'failing, status 0' 1 '0 passed, 1 failed, 0 skipped' 'not ok two' <<'EOF'
#!/bin/sh
echo 'not ok two: seven'
EOF
expect_program 'failing, then dying' 1 '0 passed, 2 failed, 0 skipped' 'exited with status 7' <<'EOF'
#!/bin/sh
echo 'not ok two: seven'; exit 7
EOF
expect_program crashing 1 '1 passed, 1 failed, 0 skipped' 'exited with status 139' <<'EOF'
#!/bin/sh
echo 'ok one'; kill -SEGV $$
EOF
expect_program 'status 1 alone' 1 '1 passed, 1 failed, 0 skipped' 'exited with status 1' <<'EOF'
#!/bin/sh
echo 'ok one'; exit 1
EOF
expect_program silent 1 '0 passed, 1 failed, 0 skipped' 'printed no result' <<'EOF'
#!/bin/sh
echo 'okay'
EOF
expect_program empty 1 '0 passed, 1 failed, 0 skipped' 'printed no result' </dev/null
time_limit_s=2
expect_program hanging 1 '1 passed, 1 failed, 0 skipped' 'did not end within 2 s' <<'EOF'
#!/bin/sh
echo 'ok one'; sleep 60
EOF
time_limit_s=60
expect_program 'line without an end' 1 '1 passed, 1 failed, 0 skipped' 'exited with status 3' <<'EOF'
#!/bin/sh
printf 'ok one'; exit 3
EOF
expect_program 'reading stdin' 0 '1 passed, 0 failed, 0 skipped' '' <<'EOF'
#!/bin/sh
read -r line || echo "ok stdin is empty"
EOF
expect_program 'private TMPDIR' 0 '1 passed, 0 failed, 0 skipped' '' <<'EOF'
#!/bin/sh
[ -d "$TMPDIR" ] && [ -z "$(ls "$TMPDIR")" ] && echo "ok $TMPDIR"
EOF
left=$(sed -n 's/^ok //p' "$copy/build/test-logs/cli-test_it.log")
check_equal 'private TMPDIR: removed' no "$([ -e "$left" ] && echo yes || echo no)"

# Groups of three lanes, which run beside each other: each waits until all have begun.
new_copy
mkdir "$copy/tests/mart" "$copy/tests/medallion"
for group in cli mart medallion; do
    program "tests/$group/test_it.sh" <<'EOF'
#!/bin/sh
here=$(dirname "$0")
touch "$here/began"
for other in cli mart medallion; do
    timeout 30 sh -c 'until [ -e "$1" ]; do sleep 0.1; done' sh "$here/../$other/began" || exit 1
done
[ "$(basename "$here")" = mart ] && echo 'not ok the mart' && exit 1
echo "ok $here"
EOF
done
run_copy
expect_run 'lanes' 1 '2 passed, 1 failed, 0 skipped' 'not ok the mart'
run_copy medallion
expect_run 'one lane' 0 '1 passed, 0 failed, 0 skipped'

new_copy
run_copy
expect_run 'no tests at all' 1 '0 passed, 1 failed, 0 skipped' 'laws: no test programs'
run_copy laws
expect_run 'no tests in a chosen group' 1 '0 passed, 1 failed, 0 skipped'
run_copy nonsense
check_equal 'unknown group: status' 2 "$status"
check_contains 'unknown group: message' "found 'nonsense'" "$stderr"

# expect_unit NAME STATUS LAST_LINE FRAGMENT, with a stand-in for the Criterion binary on stdin; it
# finds the name of its report in $report.
expect_unit() {
    new_copy
    {
        # shellcheck disable=SC2016 # for the stand-in to expand
        printf '#!/bin/sh\nreport=${1#--tap=}\n'
        cat
    } | program build/tests/unit
    run_copy unit
    expect_run "$@"
}

expect_unit 'unit passing' 0 '1 passed, 0 failed, 1 skipped' 'skip a::two: no data' <<'EOF'
printf '1..2\n# Criterion\nok - a::one  (0.00s)\nok - a::two  # SKIP no data\n' >"$report"
EOF
expect_unit 'unit failing' 1 '1 passed, 1 failed, 0 skipped' 'not ok a::two: - f.c:3: Assertion' <<'EOF'
{
    printf '1..2\nnot ok - a::two  (0.00s)\n  ---\n  assertions: 1\n  failures:\n  - f.c:3: |+\n'
    printf '      Assertion failed: no.\n  ...\nok - a::one  (0.00s)\n'
} >"$report"
exit 1
EOF
expect_unit 'unit crashing test' 1 '0 passed, 1 failed, 0 skipped' 'unexpected signal after f.c:8' <<'EOF'
printf '1..1\nnot ok - a::one unexpected signal after f.c:8\n' >"$report"
exit 1
EOF
expect_unit 'unit report cut short' 1 '1 passed, 1 failed, 0 skipped' 'expected 2 results' <<'EOF'
printf '1..2\nok - a::one  (0.00s)\n' >"$report"
EOF
expect_unit 'unit without a report' 1 '0 passed, 2 failed, 0 skipped' 'expected a plan' <<'EOF'
kill -SEGV $$
EOF
expect_unit 'unit failing fixture' 1 '1 passed, 1 failed, 0 skipped' 'outside a test body' <<'EOF'
printf '1..1\nok - a::one  (0.00s)\n' >"$report"
echo '[----] f.c:15: Assertion Failed' >&2
EOF
expect_unit 'unit leaking' 1 '1 passed, 1 failed, 0 skipped' 'SUMMARY: 10 bytes leaked' <<'EOF'
printf '1..1\nok - a::one  (0.00s)\n' >"$report"
echo 'SUMMARY: 10 bytes leaked' >"$(echo "$ASAN_OPTIONS" | sed 's/.*log_path=//').77"
EOF
expect_unit 'unit with undefined behaviour' 1 '1 passed, 1 failed, 0 skipped' 'overflow' <<'EOF'
printf '1..1\nok - a::one  (0.00s)\n' >"$report"
echo 'f.c:6:4: runtime error: signed integer overflow' >&2
EOF
new_copy
mkdir "$copy/tests/unit"
run_copy unit
expect_run 'unit not built' 1 '0 passed, 1 failed, 0 skipped' 'expected a Criterion binary'

# expect_sql NAME STATUS LAST_LINE FRAGMENT, with a stand-in for the engine on stdin that is given
# `settings… --queries-file FILE`.
expect_sql() {
    program build/saltwell-local
    run_copy sql
    expect_run "$@"
}
engine_prints() {
    printf '#!/bin/sh\n%s\n' "$1"
}

new_copy
printf '1\n' >"$copy/tests/sql/cases/one.expected"
printf -- '-- settings: a=1,4 b=7,8\nSELECT 1;\n' >"$copy/tests/sql/cases/one.sql"
engine_prints 'echo 1' | expect_sql 'sql passing' 0 '4 passed, 0 failed, 0 skipped' ''
engine_prints 'case "$*" in *--a=4\ --b=7*) echo 2 ;; *) echo 1 ;; esac' |
    expect_sql 'sql differing under one setting' 1 '3 passed, 1 failed, 0 skipped' 'one [a=4 b=7]'
engine_prints 'echo 1; exit 1' |
    expect_sql 'sql with an exit status' 1 '0 passed, 4 failed, 0 skipped' 'status 1'
engine_prints 'echo 1; echo warning >&2' |
    expect_sql 'sql with a word on stderr' 1 '0 passed, 4 failed, 0 skipped' '+warning'
engine_prints ':' | expect_sql 'sql without output' 1 '0 passed, 4 failed, 0 skipped' '-1'
rm "$copy/tests/sql/cases/one.expected"
engine_prints 'echo 1' |
    expect_sql 'sql without expectation' 1 '0 passed, 4 failed, 0 skipped' 'neither one.expected'
BUILD=$copy/build run sh "$copy/tests/sql/run.sh" --accept one
check_equal 'sql accept writes' 1 "$(cat "$copy/tests/sql/cases/one.expected")"
rm "$copy/build/saltwell-local"
run_copy sql
expect_run 'sql without an engine' 1 '0 passed, 1 failed, 0 skipped' 'build it first'

new_copy
echo 'the fragment' >"$copy/tests/sql/cases/bad.error"
echo 'SELECT 1;' >"$copy/tests/sql/cases/bad.sql"
engine_prints 'echo "has the fragment in it" >&2; exit 1' |
    expect_sql 'sql error' 0 '1 passed, 0 failed, 0 skipped' ''
engine_prints 'echo "has the fragment in it" >&2' |
    expect_sql 'sql error with status 0' 1 '0 passed, 1 failed, 0 skipped' 'the query succeeded'
engine_prints 'echo "another" >&2; exit 1' |
    expect_sql 'sql error of another kind' 1 '0 passed, 1 failed, 0 skipped' "'the fragment'"

new_copy
printf -- '-- needs: cran\nSELECT 1;\n' >"$copy/tests/sql/cases/real.sql"
printf '#!/bin/sh\necho "ok one"\n' | program tests/cli/test_it.sh
engine_prints 'echo 1' | program build/saltwell-local
run_copy cli sql
expect_run 'sql without its data' 0 '1 passed, 0 failed, 1 skipped' "skip real: the real data 'cran'"
