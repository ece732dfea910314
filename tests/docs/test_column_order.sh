#!/bin/sh
# The columns that period_stream adds have one order, wherever it is written down: in what the program
# writes, in --help, in the statement that saltwell_sql prints, and in the documents.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/cli/native.sh
. "$ROOT/tests/cli/native.sh"

program=$BUILD/bin/period_stream
rows='period_id period_number is_first_in_period'
lengths='period_length unique_period_length period_first period_last'
periods='period_id period_number period_first period_last period_length unique_period_length'

# names: those of the columns in the text on standard input, in its order.
names() {
    grep -oE '[a-z_]*period[a-z_]*' |
        grep -xE 'period_(id|number|first|last|length)|unique_period_length|is_first_in_period' | tr '\n' ' ' | sed 's/ $//'
}

# between BEGIN END FILE: from the line that begins with BEGIN to before the next that begins with END.
between() {
    awk -v begin="$1" -v end="$2" 'index($0, begin) == 1 { inside = 1; print; next }
        index($0, end) == 1 { inside = 0 }
        inside' "$3"
}

block() {
    dimensions 2 2
    column k UInt64
    le 8 1 1
    column ts UInt32
    le 4 10 20
}

# check_mode NAME EXPECTED OPTION...: what the program writes, and what saltwell_sql prints.
check_mode() {
    mode=$1 expected=$2
    shift 2
    block | "$program" --keys 1 --time ts --gap 5 "$@" >"$TMPDIR/out.native"
    "$BUILD/saltwell-local" --query "DESCRIBE TABLE file('$TMPDIR/out.native', Native)" </dev/null >"$TMPDIR/wire"
    check_equal "$mode: what it writes" "$expected" "$(names <"$TMPDIR/wire")"
    printf 'k\tUInt64\nts\tUInt32\n' | "$BUILD/bin/saltwell_sql" period_stream --table t --keys k --time ts --gap 5 "$@" >"$TMPDIR/statement"
    check_equal "$mode: saltwell_sql" "$expected" "$(names <"$TMPDIR/statement")"
}

check_mode 'emit rows' "$rows"
check_mode 'emit rows, lengths' "$rows $lengths" --lengths
check_mode 'emit periods' "$periods" --emit periods

"$program" --help >"$TMPDIR/help"
check_equal 'emit rows, lengths: --help' "$rows $lengths" "$(between '  --emit rows' '  --emit periods' "$TMPDIR/help" | names)"
check_equal 'emit periods: --help' "$periods" "$(between '  --emit periods' '    --sum' "$TMPDIR/help" | names)"

page=$ROOT/docs/streams.md
check_equal 'emit rows, lengths: docs/streams.md' "$lengths" "$(between '- `--lengths' "A period's id" "$page" | names)"
check_equal 'emit periods: docs/streams.md' "$periods" \
    "$(between '## period_stream --emit periods' '```sql' "$page" | names)"

# Every structure in a statement of the documents.
for page in "$ROOT"/README.md "$ROOT"/docs/*.md; do
    grep "^ *'.*period_id UInt64" "$page" >"$TMPDIR/structures" || continue
    number=0
    while IFS= read -r structure; do
        number=$((number + 1))
        found=$(printf '%s\n' "$structure" | names)
        case $found in
        "$rows" | "$rows $lengths" | "$periods") ok "$(basename "$page"): structure $number" ;;
        *) not_ok "$(basename "$page"): structure $number" "found the order '$found'" ;;
        esac
    done <"$TMPDIR/structures"
done
