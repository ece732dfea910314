#!/bin/sh
# tests/docs/function_table.sh [functions|sql|--write]
#
# Prints the Markdown tables of README.md: `functions` from what the built executables say of
# themselves, `sql` from the comments in install/sql/. Both by default; --write puts them into README.md,
# between the lines `<!-- functions: begin -->` and `<!-- functions: end -->`, and the same with
# `sql functions`.
# Environment: BUILD (default build).
set -eu

cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}

# In the order of the README; an executable that is not named here comes last.
executables() {
    for name in periods activity welford exact; do
        [ ! -x "$BUILD/bin/$name" ] || echo "$name"
    done
    for path in "$BUILD"/bin/*; do
        case $(basename "$path") in
        periods | activity | welford | exact) ;;
        *) basename "$path" ;;
        esac
    done
}

# An executable without functions has no --list.
functions_table() {
    echo '| function | arguments | returns | what it gives |'
    echo '|---|---|---|---|'
    for name in $(executables); do
        if "$BUILD/bin/$name" --list >/dev/null 2>&1 </dev/null; then
            "$BUILD/bin/$name" --list </dev/null |
                awk -F '\t' '{ printf "| `%s` | `%s` | `%s` | %s |\n", $1, $2, $3, $4 }'
        fi
    done
}

# The first sentence of each comment that begins with `-- name(arguments):`.
sql_table() {
    echo '| function | what it gives |'
    echo '|---|---|'
    awk '
    function row(    call, text) {
        if (doc == "")
            return
        call = substr(doc, 1, index(doc, "):"))
        text = substr(doc, index(doc, "):") + 3)
        if (index(text, ". ") > 0)
            text = substr(text, 1, index(text, ". "))
        sub(/\.$/, "", text)
        printf "| `%s` | %s%s |\n", call, toupper(substr(text, 1, 1)), substr(text, 2)
        doc = ""
    }
    /^-- [A-Za-z_][A-Za-z0-9_]*\([^)]*\):/ { row(); doc = substr($0, 4); next }
    /^-- / && doc != "" { doc = doc " " substr($0, 4); next }
    { row() }
    END { row() }
    ' install/sql/*.sql
}

# write_table MARKER, with the table on stdin.
write_table() {
    table=$(mktemp)
    cat >"$table"
    awk -v begin="<!-- $1: begin -->" -v end="<!-- $1: end -->" -v table="$table" '
        $0 == end { inside = 0; print "" }
        !inside
        $0 == begin {
            inside = 1
            print ""
            while ((getline line <table) > 0)
                print line
        }' README.md >"$table.new"
    cat "$table.new" >README.md
    rm -f "$table" "$table.new"
}

case ${1:-both} in
--write)
    functions_table | write_table functions
    sql_table | write_table 'sql functions'
    ;;
functions) functions_table ;;
sql) sql_table ;;
both)
    functions_table
    echo
    sql_table
    ;;
*)
    echo "usage: tests/docs/function_table.sh [functions|sql|--write]" >&2
    exit 2
    ;;
esac
