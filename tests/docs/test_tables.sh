#!/bin/sh
# What is written down about the functions is what the executables say: xml/, the tables of README.md,
# the changelog.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

README=${README:-$ROOT/README.md}

# names TAG FILE: the contents of the one-line elements.
names() {
    sed -n "s|^ *<$1>\(.*\)</$1>\$|\1|p" "$2"
}

# Every executable that has functions, and every file of xml/, has the other.
n_executables=0
for path in "$BUILD"/bin/*; do
    name=$(basename "$path")
    "$path" --list </dev/null >"$TMPDIR/list" 2>/dev/null || continue
    n_executables=$((n_executables + 1))
    xml=$ROOT/xml/${name}_function.xml
    if [ ! -e "$xml" ]; then
        not_ok "xml of $name" "there is no xml/${name}_function.xml: run make xml"
        continue
    fi
    "$path" --xml </dev/null >"$TMPDIR/xml"
    check_files_equal "xml of $name is what it prints" "$TMPDIR/xml" "$xml"
    check_equal "xml of $name has each function once" "$(cut -f 1 "$TMPDIR/list")" \
        "$(names name "$xml" | grep -Fx "$(cut -f 1 "$TMPDIR/list")")"
    check_equal "version of $name" \
        "$(sed -n 's/^#define SALTWELL_VERSION "\(.*\)"/\1/p' "$ROOT/udf/common/version.h")" \
        "$("$path" --version </dev/null | awk '{ print $NF }')"
    cat "$TMPDIR/list" >>"$TMPDIR/all"
done
if [ "$n_executables" -eq 0 ]; then
    not_ok executables "expected executables with functions in $BUILD/bin, found none: build them first"
    exit 1
fi

# Written out in each function: ClickHouse's own defaults changed between releases, or lose errors.
for xml in "$ROOT"/xml/*.xml; do
    file=xml/$(basename "$xml")
    n_functions=$(grep -c '<function>' "$xml")
    for option in '<type>executable_pool<' '<format>Native<' '<execute_direct>1<' '<deterministic>1<' \
        '<stderr_reaction>throw<' '<check_exit_code>1<' '<pool_size>16<' '<send_chunk_header>0<' \
        '<command_read_timeout>3600000<' '<command_write_timeout>3600000<' \
        '<command_pipe_capacity>1048576<' '<return_name>result<'; do
        check_equal "$file: $option in each function" "$n_functions" "$(grep -cF "$option" "$xml")"
    done
    for command in $(names command "$xml" | cut -d ' ' -f 1 | sort -u); do
        check_equal "$file: the command $command is built" yes \
            "$([ -x "$BUILD/bin/$command" ] && echo yes || echo no)"
    done
    if command -v python3 >/dev/null; then
        run python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$xml"
        check_equal "$file is well-formed" '0 ' "$status $stderr"
    else
        skip "$file is well-formed" 'there is no python3'
    fi
done

# One name, one function; each is in the changelog.
sed -n 's/^CREATE OR REPLACE FUNCTION \([A-Za-z0-9_]*\) .*/\1/p' "$ROOT"/install/sql/*.sql >"$TMPDIR/sql"
check_equal 'no two functions have one name' '' "$(cut -f 1 "$TMPDIR/all" | cat - "$TMPDIR/sql" | sort | uniq -d)"
for name in $(cut -f 1 "$TMPDIR/all") $(cat "$TMPDIR/sql"); do
    check_equal "the changelog names $name" yes \
        "$(grep -qF "\`$name\`" "$ROOT/CHANGELOG.md" && echo yes || echo no)"
done
(cut -f 1 "$TMPDIR/all" && cat "$TMPDIR/sql" && printf '%s\n' period_stream merge_partials saltwell_sql) | sort >"$TMPDIR/names"
check_equal 'the doctor asks every function and table function' "$(cat "$TMPDIR/names")" \
    "$(sed -n '/^#/!s/\t.*//p' "$ROOT/install/selftest.tsv" | sort)"
check_equal 'the newest version of the changelog' \
    "$(sed -n 's/^#define SALTWELL_VERSION "\(.*\)"/\1/p' "$ROOT/udf/common/version.h")" \
    "$(sed -n 's/^## \([0-9][0-9.]*\).*/\1/p' "$ROOT/CHANGELOG.md" | head -n 1)"

# check_readme_table TABLE MARKER: what stands between the two markers, blank lines aside.
check_readme_table() {
    for end in begin end; do
        if [ "$(grep -cFx "<!-- $2: $end -->" "$README")" -ne 1 ]; then
            not_ok "README: table of $2" "expected one line '<!-- $2: $end -->'"
            return
        fi
    done
    BUILD=$BUILD "$ROOT/tests/docs/function_table.sh" "$1" >"$TMPDIR/expected"
    awk -v begin="<!-- $2: begin -->" -v end="<!-- $2: end -->" \
        '$0 == end { inside = 0 } inside && NF > 0; $0 == begin { inside = 1 }' "$README" >"$TMPDIR/found"
    if diff "$TMPDIR/expected" "$TMPDIR/found" >"$TMPDIR/diff"; then
        ok "README: table of $2"
    else
        not_ok "README: table of $2" "is not the one that tests/docs/function_table.sh --write puts there"
        cat "$TMPDIR/diff"
    fi
}

if [ -e "$README" ]; then
    check_readme_table functions functions
    check_readme_table sql 'sql functions'
else
    not_ok 'README: tables' 'there is no README.md'
fi

# The chart, its numbers, and the tables that they come from are one.
if command -v python3 >/dev/null 2>&1; then
    python3 "$ROOT/tests/bench/chart.py" "$ROOT/docs/bench.tsv" "$TMPDIR/bench.svg"
    check_files_equal 'docs/bench.svg is drawn from docs/bench.tsv' "$TMPDIR/bench.svg" "$ROOT/docs/bench.svg"
else
    skip 'docs/bench.svg is drawn from docs/bench.tsv' 'there is no python3'
fi
awk -F '\t' 'FNR == 1 { if (FNR != NR) reading = 1 }
    !reading && FNR > 1 { wanted["| " $2 " | " $4 " | " $5 "–" $6 " | " $7 " |"] = $1 }
    reading { for (row in wanted) if (index($0, row) == 1) delete wanted[row] }
    END { for (row in wanted) print wanted[row] ": " row }' \
    "$ROOT/docs/bench.tsv" "$ROOT/docs/performance.md" >"$TMPDIR/missing"
check_equal 'docs/performance.md has the rows of docs/bench.tsv' '' "$(cat "$TMPDIR/missing")"
