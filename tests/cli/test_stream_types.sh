#!/bin/sh
# Every type that can be carried, through the statements that saltwell_sql prints: as a payload column of
# period_stream it comes back as it was; as a key its groups, order and ids are those of SQL; and
# merge_partials picks the same min, max, any and last as ClickHouse. With index_granularity = 1 a
# table's blocks have max_block_size rows.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# query [OPTION...]: runs the SQL on standard input; the result is in $TMPDIR/stdout.
query() {
    run "$BUILD/saltwell-local" --path "$TMPDIR/data" --input_format_skip_unknown_fields=0 --enable_time_time64_type=1 \
        --allow_experimental_nullable_tuple_type=1 --allow_suspicious_low_cardinality_types=1 \
        --allow_suspicious_types_in_order_by=1 "$@"
}

if [ ! -x "$BUILD/saltwell-local" ]; then
    not_ok 'the engine' "expected its launcher at $BUILD/saltwell-local, found none: build it first"
    exit 1
fi

query <<'SQL'
CREATE TABLE typed ENGINE = MergeTree ORDER BY n SETTINGS index_granularity = 1, index_granularity_bytes = 0 AS
SELECT number AS n, toUInt32(number) AS ts, r.*,
  toIntervalSecond(a04) AS c01, toIntervalYear(a04) AS c02, toTime(a10) AS c03, toTime64(a10, 3) AS c04,
 tuple() AS c08, CAST(a14, 'BFloat16') AS c09,
  arrayMap(x -> toIntervalDay(x), range(n % 3)) AS c10,
  [toTime(a10)] AS c11,
  arrayReduce('varSampStableState', arrayMap(x -> toFloat64(x), range(n % 5))) AS c12,
  arrayMap(x -> arrayReduce('varSampStableState', [toFloat64(x)]), range(n % 3)) AS c13,
  CAST(if(n % 3 = 0, NULL, (n, toString(n))), 'Nullable(Tuple(UInt64, String))') AS c14,
  CAST(if(n % 3 = 0, NULL, (n, toString(n))), 'Nullable(Tuple(UInt64, LowCardinality(Nullable(String))))') AS c15,
  CAST(a01 % 4, 'LowCardinality(UInt8)') AS c16,
  CAST(a25, 'LowCardinality(Nullable(Date32))') AS c17,
  CAST(toString(n % 500), 'LowCardinality(FixedString(3))') AS c18,
  arrayMap(x -> map(toString(x), [x]), range(n % 4)) AS c19,
  CAST(n, 'SimpleAggregateFunction(sum, UInt64)') AS c20,
  CAST(([1, 2], [n, n]), 'SimpleAggregateFunction(sumMap, Tuple(Array(UInt8), Array(UInt64)))') AS c21,
  CAST(toString(n), 'SimpleAggregateFunction(any, LowCardinality(String))') AS c22,
  CAST(toString(n), 'SimpleAggregateFunction(anyLast, Nullable(String))') AS c23
FROM (SELECT number FROM numbers(600)) AS l PASTE JOIN (SELECT * FROM generateRandom('
  a01 UInt8, a02 UInt16, a03 UInt32, a04 UInt64, a05 UInt128, a06 UInt256,
  a07 Int8, a08 Int16, a09 Int32, a10 Int64, a11 Int128, a12 Int256,
  a14 Float32, a15 Float64,
  a16 Decimal(9, 2), a17 Decimal(18, 18), a18 Decimal(38, 0), a19 Decimal(76, 5),
  a20 String, a21 FixedString(1), a22 FixedString(33), a23 Bool,
  a24 Date, a25 Date32, a26 DateTime, a27 DateTime(\'Europe/Berlin\'), a28 DateTime64(3), a29 DateTime64(9, \'Asia/Tokyo\'),
  a30 UUID, a31 IPv4, a32 IPv6, a33 Enum8(\'a\' = -1, \'it\\\'s (b), `c`\' = 2), a34 Enum16(\'x y\' = -1000, \'z\' = 0),
  b01 Nullable(UInt8), b02 Nullable(String), b03 Nullable(FixedString(5)), b04 Nullable(UUID), b05 Nullable(Decimal(38, 4)),
  b06 Nullable(DateTime64(3, \'UTC\')), b07 Nullable(Enum8(\'p\' = 1)), b08 Nullable(Int256),
  b09 LowCardinality(String), b10 LowCardinality(Nullable(String)), b11 Array(LowCardinality(Nullable(String))),
  b12 Array(UInt32), b13 Array(Nullable(String)), b14 Array(Array(Array(Nullable(Int16)))),
  b15 Map(String, Array(UInt8)), b16 Map(LowCardinality(String), Map(UInt8, Nullable(Float64))), b17 Map(UUID, Tuple(Nullable(UInt8), String)),
  b18 Tuple(UInt8, String), b19 Tuple(a UInt8, `b (c)` Tuple(x Nullable(String), y Array(LowCardinality(String))), `d``e` Map(String, Tuple(Array(Nullable(UInt64)), Decimal(18, 3)))),
  b20 Array(Tuple(a UInt8, b Nullable(String))), b21 Array(Map(String, Array(Tuple(LowCardinality(String), UInt8)))),
  b22 Point, b23 Ring, b24 LineString, b25 MultiLineString, b26 Polygon, b27 MultiPolygon, b28 Array(Point), b29 Tuple(p Polygon, q MultiPolygon),
  b30 Array(DateTime(\'Europe/Berlin\')), b31 Nullable(DateTime(\'Asia/Tokyo\')), b32 Array(Array(FixedString(2)))', 7, 300, 3) LIMIT 600) AS r;
DESCRIBE TABLE typed FORMAT TSV;
SQL
mv "$TMPDIR/stdout" "$TMPDIR/description"
columns=$(cut -f1 "$TMPDIR/description" | sed '1,2d')
n_columns=$(echo "$columns" | wc -l)
check_equal 'the table has a column of every type' 85 "$n_columns"

# program PROGRAM ARGUMENT...: prints the statement.
program() {
    "$BUILD/bin/saltwell_sql" "$@" --table typed <"$TMPDIR/description"
}

# differing: the columns of both tables whose rows differ, with how many columns there are.
differing() {
    echo 'SELECT count(), groupArrayIf(s.1, s.2 != s.3) FROM (SELECT arrayJoin(['
    separator=
    for column in $columns; do
        hash="(count(), groupBitXor(cityHash64(formatRow('RowBinary', n, \`$column\`))))"
        echo "$separator('$column', (SELECT $hash FROM typed), (SELECT $hash FROM passed))"
        separator=,
    done
    echo ']) AS s);'
}

for arguments in '' '--lengths --max-span 3'; do
    for max_block_size in 1 7 65409; do
        {
            echo 'CREATE OR REPLACE TABLE passed ENGINE = Memory AS'
            # shellcheck disable=SC2086 # words
            program period_stream --keys n --time ts --gap 5 $arguments
            echo ';'
            differing
        } >"$TMPDIR/sql"
        query --max_block_size="$max_block_size" <"$TMPDIR/sql"
        check_equal "payload ${arguments:-rows} [max_block_size=$max_block_size]" "$n_columns	[] " "$(cat "$TMPDIR/stdout") $stderr"
    done
done

# program_of TABLE PROGRAM ARGUMENT...: the same over a view with the table's columns.
program_of() {
    table=$1
    shift
    program "$@" | sed "s/FROM typed/FROM $table/"
}

# keys: each column in turn as the key, every row twice and more, all hashed to one number. Floating-point
# numbers have a case of their own, states no order, Tuple() no bytes.
keys() {
    for column in $columns; do
        case $column in
        a14 | a15 | b2[2-9] | c08 | c09 | c12 | c13) continue ;;
        esac
        key="formatRow('RowBinary', \`$column\`)"
        echo "SELECT '$column', count(), groupBitXor(cityHash64($key, period_id, period_length, unique_period_length, period_first, period_last)) FROM ("
        program_of twice period_stream --keys "$column" --time ts --gap 1000 --emit periods
        echo ") EXCEPT DISTINCT SELECT '$column', count(), groupBitXor(cityHash64($key,"
        echo "xxh3(concat($key, reinterpretAsFixedString(toInt64(first)))), length, distinct_length, first, last))"
        echo "FROM (SELECT \`$column\`, count() AS length, uniqExact(ts) AS distinct_length, min(ts) AS first, max(ts) AS last"
        echo "FROM twice GROUP BY \`$column\`);"
    done
}

{
    echo 'CREATE VIEW twice AS SELECT * FROM typed UNION ALL SELECT * FROM typed UNION ALL SELECT * FROM typed WHERE n % 7 = 0;'
    keys
} >"$TMPDIR/sql"
query <"$TMPDIR/sql"
check_equal 'every type of key has the groups, order and ids of SQL' ' ' "$(cat "$TMPDIR/stdout") $stderr"

query <<'SQL'
CREATE VIEW sevenths AS SELECT n % 7 AS n, ts, * EXCEPT (n, ts, c09, c12, c13) FROM typed;
DESCRIBE TABLE sevenths FORMAT TSV;
SQL
mv "$TMPDIR/stdout" "$TMPDIR/description"
columns=$(cut -f1 "$TMPDIR/description" | sed '1,2d')

# picks OP CALL: every column X of $from merged to seven rows, in which each value must be that of CALL. The
# server's own max takes NaN for the largest in a BFloat16 and in arrays of tuples, for the smallest in
# every other type, and so do we in all: those columns are not compared.
picks() {
    ops=
    for column in $columns; do
        ops="$ops --op $column=$1"
    done
    echo 'CREATE OR REPLACE TABLE passed ENGINE = Memory AS'
    # shellcheck disable=SC2086 # words
    program_of "(SELECT * FROM $from ORDER BY n, ts)" merge_partials --keys n --op ts=max $ops
    echo '; WITH expected AS (SELECT n, max(ts) AS last'
    for column in $columns; do
        echo ", $2) AS \`e_$column\`" | sed "s/(X/(\`$column\`/"
    done
    echo "FROM (SELECT * FROM $from ORDER BY n, ts) GROUP BY n)"
    echo 'SELECT n, ts = last'
    for column in $columns; do
        case $1$column in
        maxb2[3-9]) continue ;;
        esac
        echo ", if(formatRow('RowBinary', \`$column\`) = formatRow('RowBinary', \`e_$column\`), '', '$column')"
    done
    echo 'FROM passed FULL JOIN expected USING (n) ORDER BY n;'
}

# check_picks OP:CALL...
check_picks() {
    for pick in "$@"; do
        picks "${pick%%:*}" "${pick#*:}" >"$TMPDIR/sql"
        query --max_threads=1 --allow_suspicious_types_in_group_by=1 <"$TMPDIR/sql"
        check_equal "merge_partials --op ${pick%%:*} of every type" "0 1 1 1 2 1 3 1 4 1 5 1 6 1 " \
            "$(tr -s '\t\n' ' ' <"$TMPDIR/stdout")$stderr"
    done
}
from=sevenths
check_picks "min:min(X" "max:max(X" "any:argMin(X, ts" "last:argMax(X, ts" "count:count(X"

# narrow COLUMNS: the columns whose values all fit the type that a function takes.
narrow() {
    from=narrow
    query <<SQL
CREATE OR REPLACE VIEW narrow AS SELECT n % 7 AS n, ts, $1 FROM typed;
DESCRIBE TABLE narrow FORMAT TSV;
SQL
    mv "$TMPDIR/stdout" "$TMPDIR/description"
    columns=$(cut -f1 "$TMPDIR/description" | sed '1,2d')
}
fitting='a01, a02, a03, a07, a08, a09, a16, a17, a23, a24, a25, a26, a27, a28, a33, a34, b01, b06, b07, b31, c03, c04'
narrow "$fitting, a14, a15, a18, b05, c09"
check_picks "exact:exactMoments(exactState(groupArray(X))" "exact_state:exactState(groupArray(X)"
narrow "$fitting, a10"
check_picks "activity:activityState(groupArray(X)"
