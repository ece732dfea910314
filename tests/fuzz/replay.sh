#!/bin/sh
# Replays the kept corpus of every fuzz target: what fuzzing once found stays found. Whole executables run
# their corpus as often as they allocate memory, and each time another allocation fails (starve.c).
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

starve() {
    starve=$BUILD/tests/starve_$1
    if [ ! -x "$starve" ]; then
        not_ok "corpus of $1" "expected a program $starve, found none"
        return
    fi
    run "$starve" tests/fuzz/corpus/run_"$1"/*
    if [ "$status" -eq 0 ]; then
        allocations=$(awk '{ n += $2 } END { print n }' "$TMPDIR/stdout")
        ok "$1: $(wc -l <"$TMPDIR/stdout") inputs, each of $allocations allocations failed once"
    else
        not_ok "$1: after '$(tail -n 1 "$TMPDIR/stdout")'" "exit status $status: $(tail -n 30 "$TMPDIR/stderr")"
    fi
    # Every function is there.
    [ -e "xml/$1_function.xml" ] || return 0
    for function in $(awk '/<function>/ { at = NR } /<name>/ && NR == at + 3 { gsub(/<[^>]*>| /, ""); print }' "xml/$1_function.xml"); do
        [ -s "tests/fuzz/corpus/run_$1/$function-0" ] ||
            not_ok "corpus of $1" "expected a file $function-0, found none"
    done
}

for target in tests/fuzz/fuzz_*.c; do
    name=$(basename "$target" .c)
    name=${name#fuzz_}
    case $name in
    run_*)
        starve "${name#run_}"
        continue
        ;;
    esac
    replay=$BUILD/tests/replay_$name
    if [ ! -x "$replay" ]; then
        not_ok "corpus of $name" "expected a program $replay, found none"
        continue
    fi
    files=0
    for file in tests/fuzz/corpus/"$name"/*; do
        files=$((files + 1))
        run "$replay" "$file"
        if [ "$status" -eq 0 ]; then
            ok "$name: $(basename "$file")"
        else
            not_ok "$name: $(basename "$file")" "exit status $status: $stderr"
        fi
    done
    [ "$files" -gt 0 ] || not_ok "corpus of $name" "expected files, found none"
done
