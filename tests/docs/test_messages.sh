#!/bin/sh
# docs/operations.md lists every message of the executables, and none that is said no more.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

cd "$ROOT" || exit 1
run python3 tests/docs/messages.py
if [ "$status" -eq 0 ]; then
    ok "$(cat "$TMPDIR/stdout")"
else
    not_ok 'messages' "$(cat "$TMPDIR/stdout" "$TMPDIR/stderr") (python3 tests/docs/messages.py --write)"
fi

# It does see one that is new and one that is gone.
mkdir "$TMPDIR/tree"
cp -r aggregations udf docs "$TMPDIR/tree"
cd "$TMPDIR/tree" || exit 1
printf 'return err_set(err, STATUS_IO, "a new " "message of %%" PRIu64, n);\n' >>udf/exact.c
sed -i 's/expected --table, found none/expected a table/' udf/saltwell_sql.c
run python3 "$ROOT/tests/docs/messages.py"
check_equal 'a change of the sources is seen' 'missing: a new message of …
missing: expected a table
said no more: expected --table, found none' "$(sed '$d' "$TMPDIR/stdout")"
python3 "$ROOT/tests/docs/messages.py" --write
check_contains '--write puts it at the end' '- `a new message of …`' "$(sed -n '/^### Unsorted/,$p' docs/operations.md)"
run python3 "$ROOT/tests/docs/messages.py"
check_equal 'and wants a place for it' '1 sections without advice: Unsorted' "$status $(sed '$d' "$TMPDIR/stdout")"
