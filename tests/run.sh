#!/bin/sh
# tests/run.sh [GROUP...]
#
# Runs the groups of tests, all by default. Prints one line per test program, details for failures and skips,
# and at the end `N passed, N failed, N skipped`. Exit status 1 if anything failed. Complete outputs stay in
# $BUILD/test-logs. The groups unit and fuzz run a second time in the sanitized build, where $BUILD/asan has one.
# Environment: BUILD, SALTWELL_DATA, TEST_TIMEOUT_S (per program, 300).
set -u

cd "$(dirname "$0")/.." || exit 1
ROOT=$PWD
BUILD=${BUILD:-build}
SALTWELL_DATA=${SALTWELL_DATA:-../shared/data}
TEST_TIMEOUT_S=${TEST_TIMEOUT_S:-300}
# The groups of a line run one after another, the lines, which take about as long as one another, beside each other:
# examples wait for their servers most of the time.
LANES='unit cli laws docs fuzz bench faults install clients
mart sql
phoenix load medallion dbt'
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac
case $SALTWELL_DATA in /*) ;; *) SALTWELL_DATA=$ROOT/$SALTWELL_DATA ;; esac
SALTWELL_TEST_RUN=1
export BUILD SALTWELL_DATA SALTWELL_TEST_RUN

base_tmpdir=$(mktemp -d) || exit 1
program_pid=
# The program runs in a process group of its own, which an interrupt from the terminal does not reach.
install_pid=
lane_pids=
# shellcheck disable=SC2154 # assigned there
trap 'for pid in $program_pid $install_pid $lane_pids; do kill "$pid"; done; rm -rf "$base_tmpdir"' EXIT
trap 'exit 129' HUP INT TERM
logs=$BUILD/test-logs
mkdir -p "$logs" || exit 1

total_passed=0
total_failed=0
total_skipped=0

# Prints the lines of the log that a reader needs after a failure, at most 60.
show_failures() {
    grep -v '^ok ' "$1" | head -n 60 | sed 's/^/    /'
    [ "$(grep -vc '^ok ' "$1")" -le 60 ] || echo "    ... more in $1"
}

# run_program NAME COMMAND...: one test program in a private TMPDIR. A status other than 0 counts as
# a failure of its own unless it is the plain 1 of a program that reported failures.
run_program() {
    name=$1
    shift
    log=$logs/$(printf '%s' "$name" | tr '/' '-').log
    # A folder of its own: what a program that was ended left running may still write into the last one.
    TMPDIR=$(mktemp -d "$base_tmpdir/XXXXXX") || exit 1
    export TMPDIR
    printf '%-34s' "$name"
    started=$(date +%s.%N)
    timeout -k 10 "$TEST_TIMEOUT_S" "$@" </dev/null >"$log" 2>&1 &
    program_pid=$!
    status=0
    wait "$program_pid" || status=$?
    program_pid=
    seconds=$(echo "$started $(date +%s.%N)" | awk '{ printf "%.1f", $2 - $1 }')
    rm -rf "$TMPDIR"

    if [ -s "$log" ] && [ "$(tail -c 1 "$log" | od -An -tx1 | tr -d ' ')" != 0a ]; then
        echo >>"$log"
    fi
    passed=$(grep -c '^ok ' "$log")
    failed=$(grep -c '^not ok ' "$log")
    skipped=$(grep -c '^skip ' "$log")
    problem=
    if [ "$status" -eq 124 ]; then
        problem="did not end within $TEST_TIMEOUT_S s"
    elif [ "$status" -eq 137 ]; then
        problem='was killed: out of memory, or deaf to the end of its time'
    elif [ "$status" -ne 0 ] && ! { [ "$status" -eq 1 ] && [ "$failed" -gt 0 ]; }; then
        problem="exited with status $status"
    elif [ $((passed + failed + skipped)) -eq 0 ]; then
        problem='printed no result'
    fi
    if [ -n "$problem" ]; then
        echo "not ok $name: $problem" >>"$log"
        failed=$((failed + 1))
    fi

    printf '%5d passed %3d failed %3d skipped %6s s\n' "$passed" "$failed" "$skipped" "$seconds"
    if [ "$failed" -gt 0 ]; then
        show_failures "$log"
    else
        grep '^skip ' "$log" | sed 's/^/    /'
    fi
    total_passed=$((total_passed + passed))
    total_failed=$((total_failed + failed))
    total_skipped=$((total_skipped + skipped))
    n_programs=$((n_programs + 1))
}

run_scripts() {
    for script in "$ROOT/tests/$1"/test_*.sh; do
        [ -e "$script" ] || continue
        if [ -x "$script" ]; then
            run_program "$1/$(basename "$script" .sh)" "$script"
        else
            run_program "$1/$(basename "$script" .sh)" sh "$script"
        fi
    done
}

run_unit() {
    [ -d tests/unit ] || [ -e "$BUILD/tests/unit" ] || return 0
    run_program unit/release sh tests/run_unit.sh "$BUILD/tests/unit"
    if [ -e "$BUILD/asan/tests/unit" ]; then
        run_program unit/sanitized sh tests/run_unit.sh "$BUILD/asan/tests/unit"
    fi
}

run_sql() {
    for case_file in tests/sql/cases/*.sql; do
        [ -e "$case_file" ] || continue
        case_name=$(basename "$case_file" .sql)
        run_program "sql/$case_name" sh tests/sql/run.sh "$case_name"
    done
}

# What the run of another lane printed, and its last line, which has the totals.
add_lane() {
    case $(tail -n 1 "$1") in
    *' passed, '*' failed, '*' skipped') ;;
    *) cat "$1" && echo '0 passed, 1 failed, 0 skipped' >"$1" ;;
    esac
    sed '$d' "$1"
    # shellcheck disable=SC2046 # words
    set -- $(tail -n 1 "$1" | tr -cd '0-9 ')
    total_passed=$((total_passed + $1))
    total_failed=$((total_failed + $2))
    total_skipped=$((total_skipped + $3))
}

run_group() {
    n_programs=0
    case $1 in
    unit) run_unit ;;
    sql) run_sql ;;
    cli | laws | docs | bench | faults | install | mart | medallion) run_scripts "$1" ;;
    phoenix | load)
        run_program "$1/phoenix" sh tests/phoenix/install.sh
        run_scripts "$1"
        ;;
    dbt)
        run_program dbt/install sh tests/clients/install.sh python
        run_scripts dbt
        ;;
    clients)
        [ -z "$install_pid" ] || wait "$install_pid"
        install_pid=
        run_program clients/install sh tests/clients/install.sh
        run_scripts clients
        ;;
    fuzz)
        if [ -e tests/fuzz/replay.sh ]; then
            run_program fuzz/replay sh tests/fuzz/replay.sh
            if [ -d "$BUILD/asan/tests" ]; then
                run_program fuzz/sanitized env BUILD="$BUILD/asan" sh tests/fuzz/replay.sh
            fi
        fi
        ;;
    esac
    if [ "$n_programs" -eq 0 ]; then
        echo "$1: no test programs"
        [ "$chosen" -eq 0 ] || total_failed=$((total_failed + 1))
    fi
}

# of_lane LANE GROUP...: the groups that are in the lane, in the lane's order. Where none was chosen, those that exist.
of_lane() {
    lane=$1
    shift
    for group in $lane; do
        case " $* " in *" $group "*) [ "$chosen" -eq 0 ] && [ ! -d "tests/$group" ] || printf '%s ' "$group" ;; esac
    done
}

# A group without tests is a failure where somebody asked for it, a run without results in any case: a lane, for which
# CHOSEN is set, sees neither.
chosen=${CHOSEN:-$#}
all=$(echo "$LANES" | tr '\n' ' ')
for group in "$@"; do
    case " $all " in
    *" $group "*) ;;
    *) echo "usage: tests/run.sh [GROUP...], of ${all% }; found '$group'" >&2 && exit 2 ;;
    esac
done
# shellcheck disable=SC2086 # words
[ $# -gt 0 ] || set -- $all
# The clients take minutes of waiting for others to install: meanwhile the other groups run.
case " $* " in
*' clients '*)
    mkdir "$base_tmpdir/install" || exit 1
    TMPDIR=$base_tmpdir/install sh tests/clients/install.sh >"$logs/clients-early.log" 2>&1 </dev/null &
    install_pid=$!
    ;;
esac
own=
n_lanes=0
while read -r lane; do
    groups=$(of_lane "$lane" "$@")
    if [ -z "$own" ]; then
        own=$groups
    elif [ -n "$groups" ]; then
        n_lanes=$((n_lanes + 1))
        # shellcheck disable=SC2086 # words
        CHOSEN=$chosen sh tests/run.sh $groups >"$logs/lane-$n_lanes.log" 2>&1 </dev/null &
        lane_pids="$lane_pids $!"
    fi
done <<EOF
$LANES
EOF
for group in $own; do
    run_group "$group"
done
# shellcheck disable=SC2086 # words
[ -z "$lane_pids" ] || wait $lane_pids
lane_pids=
for lane in $(seq "$n_lanes"); do
    add_lane "$logs/lane-$lane.log"
done
[ -n "${CHOSEN:-}" ] || [ $((total_passed + total_failed)) -gt 0 ] || total_failed=1
echo "$total_passed passed, $total_failed failed, $total_skipped skipped"
[ "$total_failed" -eq 0 ]
