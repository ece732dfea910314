#!/bin/sh
# tests/docs/test_examples.sh [FILE.md...]
#
# Runs the SQL of the documents. The ```sql blocks of one file run in order in one process of
# saltwell-local, with a data folder of its own, from the root of the source tree. A ```text block
# right after one (blank lines aside) is its expected output: in ClickHouse's tab-separated format, or
# as PrettyCompactMonoBlock without colours where it is drawn with lines. A block that cannot run here
# is opened by ```sql norun, or stands after a line <!-- not run: REASON -->.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

engine=$BUILD/saltwell-local
if [ ! -x "$engine" ]; then
    not_ok examples "expected the engine's launcher at $engine, found none: build it first"
    exit 1
fi
cd "$ROOT" || exit 1
if [ $# -eq 0 ]; then
    [ -e README.md ] || not_ok README.md 'there is no such file'
    set -- README.md docs/*.md examples/*/README.md
fi

# Writes into the folder $TMPDIR/blocks: N.sql and N.line of each block, N.expected where there is
# one, N.skip with the reason where it is not to run.
split_blocks() {
    rm -rf "$TMPDIR/blocks"
    mkdir "$TMPDIR/blocks"
    awk -v folder="$TMPDIR/blocks" '
    function put(what, text,    path) {
        path = folder "/" sprintf("%03d", n) what
        print text >path
    }
    inside != "" && /^```[ \t]*$/ { after = inside; inside = ""; next }
    inside == "sql" { put(".sql", $0); next }
    inside == "text" { put(".expected", $0); next }
    inside != "" { next }
    /^```sql[ \t]*(norun)?[ \t]*$/ {
        n++
        put(".line", FNR)
        if (/norun/ && reason == "")
            reason = "marked norun"
        if (reason != "")
            put(".skip", reason)
        inside = "sql"
        reason = after = ""
        next
    }
    /^```text[ \t]*$/ && after == "sql" {
        printf "" >(folder "/" sprintf("%03d", n) ".expected")
        inside = "text"
        next
    }
    /^```/ { inside = "other"; reason = ""; next }
    /^[ \t]*$/ { next }
    { after = ""; reason = "" }
    /^<!-- not run: .* -->$/ { reason = substr($0, 15, length($0) - 18) }
    END { if (inside != "") { n++; put(".line", "the end"); put(".open", "") } }
    ' "$1"
}

# join_blocks BLOCK...: one SQL text; a line of its own marks where a block's output begins.
join_blocks() {
    for joined in "$@"; do
        printf "SELECT '=== %s' FORMAT TSVRaw;\n" "$(basename "$joined" .sql)"
        sed -e '/^[ \t]*--/d' "$joined" | awk '
            { text = text $0 "\n" }
            END { sub(/[ \t\n;]*$/, "", text); print text ";" }'
    done
}

# run_blocks FORMAT BLOCK...: leaves the outputs in N.FORMAT beside the blocks, or the status.
run_blocks() {
    format=$1
    shift
    join_blocks "$@" >"$TMPDIR/joined.sql"
    rm -rf "$TMPDIR/store"
    run "$engine" --path "$TMPDIR/store" --format "$format" --output_format_pretty_color 0 \
        --output_format_pretty_row_numbers 0 --queries-file "$TMPDIR/joined.sql" </dev/null
    [ "$status" -eq 0 ] || return 0
    awk -v folder="$TMPDIR/blocks" -v format="$format" '
        /^=== [0-9]+$/ { path = folder "/" $2 "." format; printf "" >path; next }
        { print >path }' "$TMPDIR/stdout"
}

# Which block was it? Runs more and more of them until it fails again.
report_failure() {
    message=$stderr
    n=0
    for block in "$@"; do
        n=$((n + 1))
        # shellcheck disable=SC2046 # the names of the blocks have no spaces
        run_blocks TSV $(printf '%s\n' "$@" | head -n "$n")
        if [ "$status" -ne 0 ]; then
            not_ok "$file:$(cat "${block%.sql}.line")" "$stderr"
            return
        fi
    done
    not_ok "$file" "$message"
}

judge_block() {
    block=${1%.sql}
    label=$file:$(cat "$block.line")
    if [ ! -e "$block.expected" ]; then
        ok "$label"
        return
    fi
    found=$block.TSV
    ! grep -q '[┌│└]' "$block.expected" || found=$block.PrettyCompactMonoBlock
    if diff "$block.expected" "$found" >"$TMPDIR/diff"; then
        ok "$label"
    else
        not_ok "$label" 'the output is not the one below it'
        sed 's/^/  /' "$TMPDIR/diff"
    fi
}

check_file() {
    file=$1
    split_blocks "$file"
    for block in "$TMPDIR"/blocks/*.open; do
        [ ! -e "$block" ] || not_ok "$file" 'a block of code is not closed'
    done
    for reason in "$TMPDIR"/blocks/*.skip; do
        [ -e "$reason" ] || continue
        block=${reason%.skip}
        skip "$file:$(cat "$block.line")" "$(cat "$reason")"
        rm -f "$block.sql" "$block.expected"
    done
    set -- "$TMPDIR"/blocks/*.sql
    [ -e "$1" ] || return 0
    run_blocks TSV "$@"
    if [ "$status" -ne 0 ]; then
        report_failure "$@"
        return
    fi
    ! cat "$TMPDIR"/blocks/*.expected 2>/dev/null | grep -q '[┌│└]' ||
        run_blocks PrettyCompactMonoBlock "$@"
    for ran in "$@"; do
        judge_block "$ran"
    done
}

n_files=0
for path in "$@"; do
    [ -e "$path" ] || continue
    n_files=$((n_files + 1))
    check_file "$path"
done
[ "$n_files" -gt 0 ] || not_ok examples 'there is no document'
