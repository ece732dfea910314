#!/bin/sh
# Replays the kept corpus of every fuzz target: what fuzzing once found stays found.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

for target in tests/fuzz/fuzz_*.c; do
    name=$(basename "$target" .c)
    name=${name#fuzz_}
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
