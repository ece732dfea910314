# shellcheck shell=sh
# What every test program written in shell shares. A test program begins with
#
#     #!/bin/sh
#     . "$(dirname "$0")/../lib.sh"
#
# and prints one line per result: `ok NAME`, `not ok NAME: detail` or `skip NAME: reason`. Any other
# line is commentary, shown only when something failed. tests/README.md has the whole contract.
#
# Set here: ROOT (the source tree), BUILD (where the build is, absolute), TMPDIR (private, removed at
# the end when the program runs by itself), SALTWELL_DATA (the folder of real data, absolute).
set -u

ROOT=$(cd "$(dirname "$0")" && while [ ! -e tests/lib.sh ] && [ "$PWD" != / ]; do cd ..; done && pwd)
BUILD=${BUILD:-build}
SALTWELL_DATA=${SALTWELL_DATA:-../shared/data}
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac
case $SALTWELL_DATA in /*) ;; *) SALTWELL_DATA=$ROOT/$SALTWELL_DATA ;; esac
if [ -z "${SALTWELL_TEST_RUN:-}" ]; then
    TMPDIR=$(mktemp -d) || exit 1
    trap 'rm -rf "$TMPDIR"' EXIT
    trap 'exit 129' HUP INT TERM
fi
export ROOT BUILD TMPDIR SALTWELL_DATA

ok() {
    printf 'ok %s\n' "$1"
}

# not_ok NAME DETAIL: the detail is put on one line.
not_ok() {
    printf 'not ok %s: %s\n' "$1" "$(printf '%s' "$2" | tr '\n' '|')"
}

skip() {
    printf 'skip %s: %s\n' "$1" "$2"
}

# check_equal NAME EXPECTED ACTUAL
check_equal() {
    if [ "$2" = "$3" ]; then
        ok "$1"
    else
        not_ok "$1" "expected '$2', found '$3'"
    fi
}

# check_contains NAME FRAGMENT TEXT
check_contains() {
    case $3 in
    *"$2"*) ok "$1" ;;
    *) not_ok "$1" "expected '$2' in '$3'" ;;
    esac
}

# check_files_equal NAME EXPECTED_FILE ACTUAL_FILE: the same bytes.
check_files_equal() {
    if cmp -s "$2" "$3"; then
        ok "$1"
    else
        not_ok "$1" "$(cmp "$2" "$3" 2>&1)"
    fi
}

# run COMMAND...: runs it with this shell's stdin, never ends the program. Leaves the exit status in
# $status and the output in the files $TMPDIR/stdout and $TMPDIR/stderr, the text of the second also
# in $stderr.
# shellcheck disable=SC2034 # both variables are for the caller
run() {
    status=0
    "$@" >"$TMPDIR/stdout" 2>"$TMPDIR/stderr" || status=$?
    stderr=$(cat "$TMPDIR/stderr")
}

# browse FILE: runs a headless browser over a page; the page as it was drawn is in $TMPDIR/stdout.
browse() {
    run timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir="$TMPDIR/profile" --dump-dom "file://$1" </dev/null
}

# bytes HEX...: writes the bytes, for example `bytes 01 05 ff 00`. Digits may stand together.
bytes() {
    bytes_hex=$(printf '%s' "$*" | tr -d ' \n')
    while [ -n "$bytes_hex" ]; do
        bytes_rest=${bytes_hex#??}
        # shellcheck disable=SC2059 # the format is the byte
        printf "\\$(printf %03o "0x${bytes_hex%"$bytes_rest"}")"
        bytes_hex=$bytes_rest
    done
}

# hex: the bytes of stdin as hexadecimal digits, without spaces, on one line.
hex() {
    od -An -v -tx1 | tr -d ' \n'
}

# data_file NAME: the path of a file of the real data: cran, retail, rtb, or nist (a folder). Status 1
# and nothing printed where it is absent.
data_file() {
    case $1 in
    cran) data_path=$SALTWELL_DATA/cran_logs_20140101_20140119.csv.zst ;;
    retail) data_path=$SALTWELL_DATA/uci_online_retail.csv.zst ;;
    rtb) data_path=$SALTWELL_DATA/rtb_bid_requests.jsonl.zst ;;
    nist) data_path=$SALTWELL_DATA/nist ;;
    *)
        echo "data_file: expected cran, retail, rtb or nist, found '$1'" >&2
        return 2
        ;;
    esac
    [ -e "$data_path" ] && printf '%s\n' "$data_path"
}
