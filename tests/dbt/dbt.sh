# shellcheck shell=sh
# What the tests of dbt share; read after lib.sh. dbt is in the virtual environment of the clients.

clients=$BUILD/clients
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
[ -n "${SALTWELL_TEST_RUN:-}" ] || sh "$ROOT/tests/clients/install.sh" python >/dev/null
# What runs dbt has a deadline of its own, a little before that of tests/run.sh, so that it can say why.
# shellcheck disable=SC2034 # for the caller
limit="timeout -k 5 $((${TEST_TIMEOUT_S:-600} - 20))"

# need_dbt NAME: skips the rest of the test where something is missing.
need_dbt() {
    if ! [ -e "$clients/python/.installed" ]; then
        skip "$1" "dbt could not be installed: $clients/python.log"
    elif ! [ -x "$BUILD/saltwell-local" ]; then
        not_ok "$1" "expected the engine's launcher at $BUILD/saltwell-local, found none: build it first"
    elif ! command -v git >/dev/null; then
        skip "$1" 'no git'
    else
        return
    fi
    exit 0
}
