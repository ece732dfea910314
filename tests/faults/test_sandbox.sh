#!/bin/sh
# The sandbox, proven from outside: programs with a hook (attack.c) that does what one would do that its input has
# taken over, at the first byte that it has read. Each call ends the process before the kernel answers. Then the same
# under what a container takes away.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

attacks='open unlink socket udp local_socket exec fork thread ptrace read_memory write_memory kill privileges mount memory_file limit ring'
[ "$(uname -m)" != x86_64 ] || attacks="$attacks other_table x32"
# What phoenix_scan needs for its server, and nobody else has.
network='tcp connect close'
SIGSYS=$((128 + 31))
CAME_BACK=77

# An input of each program, with the words of its command line.
commands='periods periods
activity activityState
exact exactState
welford welfordState
period_stream --keys 1 --time t --gap 10
merge_partials --keys 1
saltwell_sql period_stream --table t --keys k --time t --gap 10
phoenix_scan --source none --table T --time T --columns A'
input() {
    case $1 in
    period_stream) tail -c +2 "$ROOT/tests/fuzz/corpus/run_period_stream/options_0-0" ;;
    merge_partials) tail -c +2 "$ROOT/tests/fuzz/corpus/run_merge_partials/numbers_0-0" ;;
    saltwell_sql) tail -c +2 "$ROOT/tests/fuzz/corpus/run_saltwell_sql/columns_0-0" ;;
    phoenix_scan) tail -c +2 "$ROOT/tests/fuzz/corpus/run_phoenix_scan/none-0" ;;
    *) tail -c +2 "$ROOT/tests/fuzz/corpus/run_$1/$2-0" ;;
    esac
}

# A source that phoenix_scan finds, one folder above the executables, and never reaches: there are no windows.
sources="$BUILD/phoenix_sources.conf $BUILD/tests/phoenix_sources.conf"
for file in $sources; do
    (umask 077 && printf '[none]\nurl = http://127.0.0.1:1/\n' >"$file")
done

sleep 600 &
victim=$!
trap 'kill $victim; rm -f $sources; [ -n "${SALTWELL_TEST_RUN:-}" ] || rm -rf "$TMPDIR"' EXIT
ATTACK_PROCESS=$victim ATTACK_FILE=$TMPDIR/file
export ATTACK_PROCESS ATTACK_FILE

# attack NAME PROGRAM WORD...: the status of the program that is attacked so, with the input in $TMPDIR/input.
attack() {
    attack_name=$1 attack_program=$2
    shift 2
    attack_status=0
    # The shell's word about the signal is none of the test's.
    { ATTACK=$attack_name $prefix "$BUILD/tests/attacked/$attack_program" "$@" <"$TMPDIR/input" >"$TMPDIR/out" 2>/dev/null; } 2>/dev/null ||
        attack_status=$?
    echo $attack_status
}

# attack_all NAME: every program is ended by every attack, and works without one.
attack_all() {
    echo "$commands" >"$TMPDIR/commands"
    while read -r program words; do
        # shellcheck disable=SC2086 # words
        input "$program" $words >"$TMPDIR/input"
        survived=
        ending=$attacks allowed=
        if [ "$program" = phoenix_scan ]; then allowed=$network; else ending="$attacks $network"; fi
        for attack in $ending; do
            # shellcheck disable=SC2086 # words
            [ "$(attack "$attack" "$program" $words)" = $SIGSYS ] || survived="$survived $attack"
        done
        check_equal "$1$program: ended by each of $(echo "$ending" | wc -w) attacks" '' "$survived"
        for attack in $allowed; do
            # shellcheck disable=SC2086 # words
            check_equal "$1$program: $attack is allowed" $CAME_BACK "$(attack "$attack" "$program" $words)"
        done
        check_equal "$1$program: no file was opened" no "$([ -e "$ATTACK_FILE" ] && echo yes || echo no)"
        # shellcheck disable=SC2086 # words
        $prefix "$BUILD/bin/$program" $words <"$TMPDIR/input" >"$TMPDIR/released" 2>"$TMPDIR/stderr"
        check_equal "$1$program: works" "0 " "$? $(cat "$TMPDIR/stderr")"
        # shellcheck disable=SC2086 # words
        "$BUILD/tests/attacked/$program" $words <"$TMPDIR/input" >"$TMPDIR/out"
        check_files_equal "$1$program: with the hook asleep it is the same program" "$TMPDIR/released" "$TMPDIR/out"
    done <"$TMPDIR/commands"
}

prefix=
attack_all ''

# Outside the sandbox the kernel answers each of them, so it is the sandbox that ends the process. The other table of
# system calls is one that a kernel may lack.
for attack in $attacks $network; do
    case $attack in other_table | x32) continue ;; esac
    check_equal "outside the sandbox: $attack comes back" $CAME_BACK "$(ATTACK_AT_START=1 attack "$attack" periods periods)"
done
rm -f "$ATTACK_FILE"

for program in "$BUILD"/bin/*; do
    name=${program##*/}
    check_equal "$name: no hook in what is released" 0 "$(grep -c -a -e ATTACK_ -e __wrap_read -e __wrap_malloc -e mem_fail "$program")"
    check_equal "$name: a hook in the one for tests" yes "$(grep -q -a ATTACK_ "$BUILD/tests/attacked/$name" && echo yes)"
done

# What Docker's default profile takes away: the calls that its documentation lists answer EPERM, and clone3 ENOSYS, so
# that the C library falls back to clone.
docker='acct add_key bpf clock_adjtime clock_settime delete_module finit_module get_mempolicy init_module kcmp
    kexec_load keyctl lookup_dcookie mbind mount move_pages open_by_handle_at perf_event_open personality pivot_root
    process_vm_readv process_vm_writev ptrace quotactl reboot request_key set_mempolicy setns settimeofday swapon swapoff
    umount2 unshare userfaultfd io_uring_setup io_uring_enter io_uring_register'
numbers=$({ echo '#include <sys/syscall.h>' && for call in $docker; do echo "CALL SYS_$call"; done; } |
    ${CC:-cc} -E -P - | sed -n 's/^CALL \([0-9][0-9]*\)$/\1:1/p' | tr '\n' ',')
check_equal "the profile has all of its calls" "$(echo "$docker" | wc -w)" "$(echo "$numbers" | tr -dc , | wc -c)"
prefix="python3 $ROOT/tests/cli/without.py ${numbers}435"
attacks='open ptrace'
attack_all 'in a container, '
run timeout 60 $prefix "$BUILD/saltwell-local" --query "SELECT sum(n), max(period_number) FROM executable(
    'period_stream --keys 1 --time ts --gap 1', Native, 'k UInt64, ts UInt64, n UInt8, period_id UInt64, period_number UInt32, is_first_in_period UInt8',
    (SELECT intDiv(number, 4) AS k, number * 2 AS ts, toUInt8(length(periodNumbers([number], 1, 0))) AS n FROM numbers(100)))"
check_equal 'in a container: a query' '0 100	4 ' "$status $(cat "$TMPDIR/stdout") $stderr"
