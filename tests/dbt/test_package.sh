#!/bin/sh
# The dbt package install/dbt in a project of its own, against the embedded server.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/dbt/dbt.sh
. "$ROOT/tests/dbt/dbt.sh"

check_equal 'the version that the package expects is the only one' \
    "$(sed -n 's/^.define SALTWELL_VERSION "\(.*\)"/\1/p' "$ROOT/udf/common/version.h")" \
    "$(sed -n "/macro expected_version/,/endmacro/s/.*return('\(.*\)').*/\1/p" "$ROOT/install/dbt/macros/doctor.sql")"

# The functions that the doctor asks for are those of the programs and of the SQL files.
sed -n '/macro _functions/,/endmacro/p' "$ROOT/install/dbt/macros/doctor.sql" | grep -o "'[A-Za-z]*'" | tr -d "'" | sort >"$TMPDIR/asked"
{
    sed -n 's/^CREATE OR REPLACE FUNCTION \([A-Za-z]*\) .*/\1/p' "$ROOT"/install/sql/*.sql
    sed -n 's/.*<name>\([a-z]*[A-Z][A-Za-z]*\|periods\)<.*/\1/p' "$BUILD"/xml/*.xml
} | sort >"$TMPDIR/made"
check_files_equal 'the doctor asks for every function' "$TMPDIR/made" "$TMPDIR/asked"

need_dbt 'the dbt package'
$limit "$clients/python/bin/python" "$ROOT/tests/dbt/package.py" "$BUILD" "$TMPDIR" 2>"$TMPDIR/stderr" || {
    not_ok 'the dbt package' "status $?"
    tail -n 20 "$TMPDIR/stderr"
}
