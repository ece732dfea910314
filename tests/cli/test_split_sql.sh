#!/bin/sh
# install/split_sql.sh: what it writes for our files and what it refuses.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

split() {
    run sh "$ROOT/install/split_sql.sh" "$TMPDIR/out" "$@"
}

cat >"$TMPDIR/two.sql" <<'EOF'
-- About both.

-- first(x): one line.
CREATE OR REPLACE FUNCTION first AS (x) -> x + 1;
CREATE OR REPLACE FUNCTION second AS (x) ->
  -- a comment inside
  if(x = ';', 'a;b',
    x);
EOF
split "$TMPDIR/two.sql"
check_equal 'two functions: status' 0 "$status"
check_equal 'two functions: files' 'function_first.sql function_second.sql' \
    "$(cd "$TMPDIR/out" && echo *)"
check_equal 'two functions: first' 'CREATE FUNCTION first AS (x) -> x + 1' \
    "$(cat "$TMPDIR/out/function_first.sql")"
check_equal 'two functions: second' "CREATE FUNCTION second AS (x) ->
  if(x = ';', 'a;b',
    x)" "$(cat "$TMPDIR/out/function_second.sql")"

# refused NAME FRAGMENT, with the file on stdin.
refused() {
    cat >"$TMPDIR/bad.sql"
    split "$TMPDIR/bad.sql"
    check_equal "$1: status" 1 "$status"
    check_contains "$1: message" "bad.sql:$2" "$stderr"
}
echo 'SELECT 1;' | refused 'another statement' '1: expected CREATE OR REPLACE FUNCTION name AS'
echo 'CREATE OR REPLACE FUNCTION a AS x -> x' | refused 'no semicolon' '1: the statement of a has no'
printf 'CREATE OR REPLACE FUNCTION a AS x -> x;\nCREATE OR REPLACE FUNCTION a AS x -> 1;\n' |
    refused 'same name twice' '2: function a is already defined'
split
check_equal 'no file: status' 2 "$status"

rm -rf "$TMPDIR/out"
split "$ROOT"/install/sql/*.sql
check_equal 'our functions: status' 0 "$status"
cat "$ROOT"/install/sql/*.sql | sed -n 's/^CREATE OR REPLACE FUNCTION \([A-Za-z]*\) .*/\1/p' >"$TMPDIR/names"
check_equal 'our functions: files' "$(sed 's/.*/function_&.sql/' "$TMPDIR/names" | sort)" \
    "$(cd "$TMPDIR/out" && printf '%s\n' * | sort)"
while read -r name; do
    check_contains "our function $name" "CREATE FUNCTION $name AS " \
        "$(cat "$TMPDIR/out/function_$name.sql")"
    check_equal "our function $name is documented" yes \
        "$(cat "$ROOT"/install/sql/*.sql | grep -q "^-- $name(" && echo yes || echo no)"
done <"$TMPDIR/names"
