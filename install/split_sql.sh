#!/bin/sh
# install/split_sql.sh OUTDIR FILE...
#
# Splits files of CREATE OR REPLACE FUNCTION statements into OUTDIR/function_NAME.sql, one statement
# each: the form that ClickHouse loads at start from its user_defined_path. A statement starts on a
# line of its own and ends with a line that ends in a semicolon; comments stand on lines of their own.
set -eu

if [ $# -lt 2 ]; then
    echo "usage: install/split_sql.sh OUTDIR FILE..." >&2
    exit 2
fi
outdir=$1
shift
mkdir -p "$outdir"

awk -v outdir="$outdir" '
function fail(line, message) {
    printf "split_sql.sh: %s:%d: %s\n", FILENAME, line, message > "/dev/stderr"
    failed = 1
    exit 1
}
FNR == 1 && statement != "" { fail(1, "the file before this one ends inside a statement") }
statement == "" && /^[ \t]*(--.*)?$/ { next }
/^[ \t]*--/ { next }
statement == "" {
    if ($0 !~ /^CREATE OR REPLACE FUNCTION [A-Za-z_][A-Za-z0-9_]* AS /)
        fail(FNR, "expected CREATE OR REPLACE FUNCTION name AS, found: " $0)
    name = $5
    if (name in seen)
        fail(FNR, "function " name " is already defined in " seen[name])
    seen[name] = FILENAME
    first_line = FNR
    sub(/ OR REPLACE/, "")
}
{ statement = statement $0 "\n" }
/;[ \t]*$/ {
    sub(/;[ \t]*\n$/, "\n", statement)
    path = outdir "/function_" name ".sql"
    printf "%s", statement > path
    if (close(path) != 0)
        fail(FNR, "could not write " path)
    statement = ""
}
END {
    if (!failed && statement != "")
        fail(first_line, "the statement of " name " has no closing semicolon")
    if (failed)
        exit 1
}
' "$@"
