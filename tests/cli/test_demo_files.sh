#!/bin/sh
# examples/demo/demo.sh: what a file is, how its times are read, and whose names its columns have.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/cli/demo.sh
. "$(dirname "$0")/demo.sh"
demo_init
export LOAD_ONLY=1
cd "$TMPDIR" || exit 1

# Columns named like every alias, column, parameter and table that the demo's own SQL has. `noise` is in
# all of them but the four in use, so that whatever shadows a column changes what is loaded.
names=$({
    cat "$ROOT"/examples/demo/*.sql "$ROOT"/examples/demo/*/*.sql | grep -oE '\bAS [A-Za-z_0-9]+' | cut -d ' ' -f 2
    sed -n 's/^    \([a-z_]*\)  *[A-Z][A-Za-z0-9]*.*/\1/p' "$ROOT/examples/demo/rows.sql" "$ROOT/examples/demo/schema.sql"
    printf '%s\n' _path _file _time _size _row_number log events rows columns number text month_first KEY TIME
} | LC_ALL=C sort -u)
check_contains 'names: the aliases are found' ' ts ' " $(echo "$names" | tr '\n' ' ')"

# shadowed KEY TIME HOST VALUE: loads a log whose columns have all the names, four of them in these roles.
# One row in three has no readable time, one a NULL value.
shadowed() {
    echo "$names" | paste -sd, - >names.csv
    for i in 1 2 3 4 5 6; do
        for name in $names; do
            case $name in
            "$1") printf 'k%s,' $((i % 2)) ;;
            "$2") [ $((i % 3)) = 0 ] && printf 'soon,' || printf '2026-03-02 10:0%s:00,' $i ;;
            "$3") printf 'h,' ;;
            "$4") [ $i = 1 ] && printf 'NA,' || printf '%s,' $i ;;
            *) printf 'noise,' ;;
            esac
        done | sed 's/,$//'
        echo
    done >>names.csv
    demo DATA=names.csv KEY="$1" TIME="$2" HOST="$3" VALUE="$4"
    check_equal "columns $*: status" '0 ' "$status $stderr"
    check_equal "columns $*: what is loaded" "k0 2026-03-02 10:02:00 h 2
k0 2026-03-02 10:04:00 h 4
k1 2026-03-02 10:01:00 h \\N
k1 2026-03-02 10:05:00 h 5" "$(loaded 'SELECT * FROM events' | tr '\t' ' ')"
    check_contains "columns $*: what is left out" 'left out 2 of 6 rows: no readable time' "$(cat stdout)"
}
shadowed user ts host value
shadowed time_text reason _path value

# Every form of a time, and what it is in UTC; `none` where it must be left out.
cat >times.csv <<'END'
when;expected
2026-03-02 10:00:00;2026-03-02 10:00:00
2026-03-02T10:00:00Z;2026-03-02 10:00:00
2026-03-02T10:00:00.999999999Z;2026-03-02 10:00:00
2026-03-02T10:00:00+05:30;2026-03-02 04:30:00
2026-03-02 10:00:00 -0800;2026-03-02 18:00:00
2026-03-02;2026-03-02 00:00:00
2026/03/02 10:00;2026-03-02 10:00:00
20260302;2026-03-02 00:00:00
20260302100000;2026-03-02 10:00:00
02.03.2026;2026-03-02 00:00:00
2.3.2026 9:05;2026-03-02 09:05:00
02.03.2026 10:00:07;2026-03-02 10:00:07
02.03.26 10:00;2026-03-02 10:00:00
Mon, 02 Mar 2026 10:00:00 GMT;2026-03-02 10:00:00
1772445600;2026-03-02 10:00:00
1772445600.75;2026-03-02 10:00:00
1772445600123;2026-03-02 10:00:00
1772445600123456;2026-03-02 10:00:00
1772445600123456789;2026-03-02 10:00:00
999999999;2001-09-09 01:46:39
;none
NA;none
soon;none
0;none
17;none
2026;none
10:00:00;none
Mar 5 10:00:00;none
1970-01-01 00:00:00;none
0000-00-00 00:00:00;none
2026-02-30;none
2026-13-02;none
31.02.2026;none
02.13.2026;none
2026-03-02 25:00:00;none
2026-03-02 10:61:00;none
1969-12-31 23:59:59;none
2200-01-01;none
12345678901;none
02-03-26;none
31/12/2026;2026-12-31 00:00:00
03/04/2026;2026-04-03 00:00:00
12/31/2026;none
10.0.0.1;none
END
demo DATA=times.csv KEY=expected TIME=when
check_equal 'times: status' '0 ' "$status $stderr"
check_equal 'times: read otherwise than expected' '' \
    "$(loaded "SELECT user, ts FROM events WHERE user != toString(ts); SELECT user, time_text FROM left_out WHERE user != 'none'")"
check_equal 'times: counts' "22 22" "$(loaded 'SELECT (SELECT count() FROM events), (SELECT count() FROM left_out)' | tr '\t' ' ')"
check_contains 'times: three are shown' "    row 21: found ''
    row 22: found 'NA'
    row 23: found 'soon'" "$(cat stdout)"
check_contains 'times: the order of day and month' '03/04/2026 was read as April 3; rows that must have the day first: 1' "$(cat stdout)"
check_equal 'times: and no more' 3 "$(grep -c '^    row ' stdout)"

# ordered NAME EXPECTED_TIME MESSAGE [OPTION]: a log with 03/04/2026, what it is read as, and what is said.
ordered() {
    demo DATA="$1.csv" KEY=user TIME=ts "${4:-GAP=1800}"
    check_equal "$1: status" '0 ' "$status $stderr"
    check_equal "$1: 03/04/2026" "$2" "$(loaded "SELECT toDate(ts) FROM events WHERE user = 'x'")"
    check_contains "$1: says so" "$3" "$(cat stdout)"
}
printf 'user,ts\nx,03/04/2026 1:05 PM\ny,12/31/2026\ny,11/30/2026\nz,31/12/2026\n' >month_first.csv
ordered month_first 2026-03-04 '03/04/2026 was read as March 4; rows that must have the month first: 2'
check_contains 'month_first: what does not fit' "left out 1 of 4 rows: no readable time
    row 4: found '31/12/2026'" "$(cat stdout)"
printf 'user,ts\nx,03/04/2026\n' >undecided.csv
ordered undecided 2026-04-03 'no row shows whether that is right: MONTH_FIRST=1 reads March 4'
ordered undecided 2026-03-04 'done in' MONTH_FIRST=1

# Formats, each under a name that says something else; the proposal shows what was read.
rows="SELECT ['ann', 'bob'][number % 2 + 1] AS \`user, \\\`it's\\\`\`, toDateTime64('2026-03-02 10:00:00.5', 6, 'Europe/Berlin') + number AS \`the ts\`,
    number + 0.5 AS price FROM numbers(20)"
engine "$rows FORMAT CSVWithNames" >plain
engine "$rows FORMAT Parquet" >parquet.csv
engine "$rows FORMAT JSONEachRow" | zstd -q >json.tsv
engine "$rows FORMAT TSVWithNames" | sed 's/$/\r/' | gzip >tsv.parquet
{ printf '\357\273\277' && sed 's/","/";"/g; s/",\([0-9]\)/";\1/; s/\.5$/,5/; s/$/\r/' plain; } >'semicolons{1,*}.json'

# proposed FILE TIME_EXAMPLE PRICE_EXAMPLE
proposed() {
    demo DATA="$1"
    check_equal "$1: status" '0 ' "$status $stderr"
    check_equal "$1: times" "the ts $2 20 100 0" "$(row 'the ts')"
    check_equal "$1: numbers" "price $3 20 0 100" "$(row price)"
    check_contains "$1: the command" "make demo DATA='$1' KEY='user\\, \`it'\\''s\`' TIME='the ts' VALUE='price'" "$(cat stdout)"
}
proposed parquet.csv '2026-03-02 09:00:00.500000' 0.5
proposed json.tsv '2026-03-02 10:00:00.500000' 0.5
proposed tsv.parquet '2026-03-02 10:00:00.500000' 0.5
proposed 'semicolons{1,*}.json' '2026-03-02 10:00:00.500000' 0,5

# The command that was proposed, as a shell and make take it: a comma, a quote and backquotes in a name.
command=$(sed -n 's/^  make demo \(.*\)/\1/p' stdout)
printf 'demo:\n\t@%s/examples/demo/demo.sh\n' "$ROOT" >demo.mk
run env BUILD="$TMPDIR/build" timeout 120 sh -c "make -s -f demo.mk demo $command" </dev/null
check_equal 'the command proposed: status' '0 ' "$status $stderr"
check_equal 'the command proposed: users, with a decimal comma' 'ann 10 9.5
bob 10 10.5' "$(loaded 'SELECT user, count(), avg(value) FROM events GROUP BY user ORDER BY user' | tr '\t' ' ')"

# Typed times, and a field of a nested object.
engine "SELECT 'x' AS u, toDate('2026-03-02') + number AS day FROM numbers(3) FORMAT Parquet" >days
demo DATA=days KEY=u TIME=day
check_equal 'a Date of Parquet' "2026-03-02 00:00:00
2026-03-03 00:00:00
2026-03-04 00:00:00" "$(loaded 'SELECT ts FROM events')"
printf '%s\n' '{"user": {"id": 7, "size": "big"}, "at": 1772445600.25, "tags": ["a"]}' '{"user": {"id": null}, "at": 1772445601}' >nested
demo DATA=nested KEY=user.id TIME=at HOST=user.size
check_equal 'a nested field' '7 2026-03-02 10:00:00 big' "$(loaded 'SELECT user, ts, host FROM events' | tr '\t' ' ')"
check_contains 'a key without a value' "left out 1 of 2 rows: no key
    row 2: the time is '1772445601'" "$(cat stdout)"

: >empty
refused 'an empty file' "cannot read 'empty': it is empty" DATA=empty
printf 'user,ts\n' >header
refused 'a header without rows' "cannot read 'header': it has a header and no rows: user,ts" DATA=header KEY=user TIME=ts
engine 'SELECT 1 AS user, 2 AS ts LIMIT 0 FORMAT Parquet' >no_rows
refused 'Parquet without rows' "cannot read 'no_rows': it has a header and no rows: user,ts" DATA=no_rows KEY=user TIME=ts
cp "$BUILD/bin/welford" program
refused 'a program' "cannot read 'program': expected Parquet, JSON lines, CSV or TSV, found the bytes 7f454c46" DATA=program
head -c 60 tsv.parquet >torn
refused 'a file cut off' "cannot read 'torn': inflate failed" DATA=torn
iconv -t utf-16 plain >wide
refused 'UTF-16' "cannot read 'wide': it is UTF-16" DATA=wide
printf 'user,ts\nx,2026-03-02\ny\n' >ragged
refused 'rows of other lengths' "cannot read 'ragged': Rows have different amount of values" DATA=ragged
