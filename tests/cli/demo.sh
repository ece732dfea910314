# shellcheck shell=sh
# What the demo's tests share. Sourced after lib.sh.

# The demo writes into BUILD: give it one of its own that has the same parts.
demo_init() {
    if [ ! -x "$BUILD/saltwell-local" ]; then
        not_ok demo "expected the engine's launcher at $BUILD/saltwell-local, found none: build it first"
        exit 1
    fi
    mkdir "$TMPDIR/build"
    for part in bin xml user_defined engine saltwell-local; do
        ln -s "$BUILD/$part" "$TMPDIR/build/$part"
    done
    unset DATA KEY TIME VALUE HOST GAP MONTH_FIRST LOAD_ONLY
}

# demo NAME=VALUE...
demo() {
    run env BUILD="$TMPDIR/build" "$@" timeout 120 sh "$ROOT/examples/demo/demo.sh" </dev/null
}

# loaded QUERY: what a query says over the tables that the demo left.
loaded() {
    timeout 60 "$BUILD/saltwell-local" --path "$TMPDIR/build/demo" --database demo --query "$1" 2>&1
}

# engine QUERY: on no data.
engine() {
    timeout 60 "$BUILD/saltwell-local" --query "$1"
}

# row FIRST_CELL: the cells of the first such row of the output's tables, one space between them.
row() {
    tr -s ' │' ' ' <"$TMPDIR/stdout" | sed 's/^ //; s/ $//' | grep -m 1 "^$1 "
}

# refused NAME MESSAGE NAME=VALUE...: status 1 and one line, which contains the message.
# shellcheck disable=SC2154 # `run` sets status and stderr
refused() {
    name=$1
    message=$2
    shift 2
    demo "$@"
    check_equal "$name: status" 1 "$status"
    check_contains "$name: message" "$message" "$stderr"
    check_equal "$name: one line" 1 "$(printf '%s\n' "$stderr" | wc -l)"
}
