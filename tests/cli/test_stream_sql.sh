#!/bin/sh
# saltwell_sql through the server itself: the statement that executable() brings back for a row of
# system.columns a column, in Native and in TSVRaw, runs as it is, whatever the columns are called; and
# an error is the answer, never no answer.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# query: runs the SQL on standard input; the result is in $TMPDIR/stdout.
query() {
    run "$BUILD/saltwell-local" --path "$TMPDIR/data"
}

if [ ! -x "$BUILD/saltwell-local" ]; then
    not_ok 'the engine' "expected its launcher at $BUILD/saltwell-local, found none: build it first"
    exit 1
fi

# written FORMAT STRUCTURE TABLE COMMAND: the query that asks for the statement. EPHEMERAL columns go by
# the third column.
written() {
    cat <<SQL
SELECT * FROM executable('$4', $1, '$2',
    (SELECT name, type, default_kind FROM system.columns WHERE database = currentDatabase() AND table = '$3')) FORMAT TSVRaw;
SQL
}

query <<'SQL'
CREATE TABLE nasty (
    `a b` UInt64, `tab	x` String, `q'uo` String, `back\\slash` String, `back\\nslash` String, `bq\`x` String, `new
line` String, `dq"x` UInt8, `{x:UInt8}` UInt8, `коло` UInt8, `x.y` UInt8, `a,b` UInt8, ` ` UInt8, `1` UInt8, `(` UInt8,
    `--` UInt8, `%` UInt8, `?` UInt8, `\\` UInt8, `''` UInt8,
    ts DateTime('UTC'), e Enum8('a\tb' = 1, 'it''s \\ x' = 2, 'new
line' = 3), t Tuple(`x y` UInt8, `b'\\\`` String), n LowCardinality(Nullable(String)), gone UInt8 EPHEMERAL,
    m Float64 MATERIALIZED `1` + 1, w UInt8 ALIAS `1` + 2)
ENGINE = MergeTree ORDER BY tuple();

INSERT INTO nasty SELECT n, s, s, s, s, s, s, n, n, n % 3, n, n, n, n, n, n, n, n, n, n, n * 1000, n % 3 + 1, (n, s), if(n % 4 = 0, NULL, s)
FROM (SELECT number AS n, concat('\t\\\'', toString(number)) AS s FROM numbers(40));
SQL
check_equal 'a table of nasty names' '0 ' "$status $stderr"

# carried TABLE KEY FORMAT: what the query in $TMPDIR/ask writes gives the table's rows.
carried() {
    query <"$TMPDIR/ask"
    check_equal "$1, $3: written" '0 ' "$status $stderr"
    cat >"$TMPDIR/sql" <<SQL
SELECT count(), sum(cityHash64(\`$2\`, * EXCEPT (\`$2\`, period_id, period_number, is_first_in_period))), uniqExact(period_id) FROM (
$(cat "$TMPDIR/stdout")
) EXCEPT ALL
SELECT count(), sum(cityHash64(\`$2\`, * EXCEPT \`$2\`)), uniqExact(\`$2\`) FROM $1
SETTINGS asterisk_include_materialized_columns = 1, asterisk_include_alias_columns = 1;
SQL
    query <"$TMPDIR/sql"
    check_equal "$1, $3: the table's rows" ' 0' "$(cat "$TMPDIR/stdout")$stderr $status"
}

command='saltwell_sql period_stream --table nasty --keys коло --time ts --gap 1000000'
written Native 'statement String' nasty "$command" >"$TMPDIR/ask"
carried nasty коло Native
query <"$TMPDIR/ask"
mv "$TMPDIR/stdout" "$TMPDIR/native"

# The same through a pipe, where a newline in a name is an escape.
echo 'DESCRIBE TABLE nasty FORMAT TSV' >"$TMPDIR/ask"
query <"$TMPDIR/ask"
mv "$TMPDIR/stdout" "$TMPDIR/description"
# shellcheck disable=SC2086 # a command and its words
run "$BUILD"/bin/$command <"$TMPDIR/description"
check_files_equal 'nasty, through a pipe: the same statement' "$TMPDIR/native" "$TMPDIR/stdout"

# TSVRaw has no escapes: what stands in a name or a type is what it is, a tab or a newline aside. In the
# command, which the server splits as a shell would, names have escapes.
query <<'SQL'
CREATE TABLE raw (`back\\nslash` String, e Enum8('it''s' = 1), `the "time"` DateTime('UTC')) ENGINE = MergeTree ORDER BY tuple() AS
SELECT toString(number), 1, number FROM numbers(10);
CREATE TABLE raw_s (`back\\slash` String, `t s` UInt32) ENGINE = MergeTree ORDER BY tuple() AS SELECT toString(number), number FROM numbers(10);
SQL
written TSVRaw 'line String' raw 'saltwell_sql period_stream --table raw --keys "back\\\\nslash" --time "the \\"time\\"" --gap 1' >"$TMPDIR/ask"
carried raw 'back\\nslash' TSVRaw
written TSVRaw 'line String' raw_s 'saltwell_sql period_stream --table raw_s --keys "back\\\\slash" --time "t s" --gap 1' >"$TMPDIR/ask"
carried raw_s 'back\\slash' TSVRaw

# Rows of one key and time come in the order of a column, or in any.
query <<'SQL'
CREATE TABLE tied (k UInt8, t UInt32, `a b` UInt32) ENGINE = MergeTree ORDER BY (k, t, -`a b`) SETTINGS allow_suspicious_indices = 1 AS SELECT 1, 7, number FROM numbers(9);
SQL
written Native 'statement String' tied 'saltwell_sql period_stream --table tied --keys k --time t --gap 1 --ties "a b"' >"$TMPDIR/ask"
query <"$TMPDIR/ask"
{ echo 'SELECT `a b` FROM (' && cat "$TMPDIR/stdout" && echo ') WHERE is_first_in_period;'; } >"$TMPDIR/sql"
query <"$TMPDIR/sql"
check_equal '--ties' '0 0 ' "$(cat "$TMPDIR/stdout") $status $stderr"
printf 'k\tUInt8\nt\tUInt32\n' >"$TMPDIR/columns"
for wrong in 'period_stream --time t --gap 1 --ties nobody' 'merge_partials --ties t'; do
    # shellcheck disable=SC2086 # a command and its words
    run "$BUILD"/bin/saltwell_sql $wrong --table tied --keys k <"$TMPDIR/columns"
    check_contains "refused: $wrong" '--ties: expected ' "$stderr"
done

# For what is stored.
written Native 'statement String' raw_s 'saltwell_sql period_stream --table raw_s --keys "t s" --time "t s" --gap 1 --check-exit-code' >"$TMPDIR/ask"
carried raw_s 't s' Native
query <"$TMPDIR/ask"
check_contains '--check-exit-code' 'SETTINGS check_exit_code = 1, stderr_reaction' "$(cat "$TMPDIR/stdout")"

# Every word of the server's grammar as a name.
query <<'SQL'
SELECT concat('CREATE TABLE words (', arrayStringConcat(arrayMap((w, i) -> concat('`', w, '` UInt16 DEFAULT ', toString(i)), groupArray(word) AS words, arrayEnumerate(words)), ', '),
    ', k UInt8, t UInt8) ENGINE = MergeTree ORDER BY tuple(); INSERT INTO words (k, t) VALUES (1, 1);')
FROM (SELECT lower(keyword) AS word FROM system.keywords WHERE keyword NOT LIKE '% %' UNION ALL SELECT arrayJoin(['inf', 'infinity', 'nan', 'Top', 'nested', 'now', 'dummy'])) FORMAT TSVRaw;
SQL
mv "$TMPDIR/stdout" "$TMPDIR/sql"
query <"$TMPDIR/sql"
check_equal 'a table of all words' '0 ' "$status $stderr"
written Native 'statement String' words 'saltwell_sql period_stream --table words --keys k --time t --gap 1' >"$TMPDIR/ask"
carried words k Native

# merge_partials writes its statement in the same way.
query <<'SQL'
CREATE TABLE partials (user LowCardinality(String), n UInt64, last DateTime('UTC'), m Tuple(n UInt64, mean Float64, m2 Float64)) ENGINE = MergeTree ORDER BY user AS
SELECT toString(number % 3), 1, number, welfordState([number]) FROM numbers(30);
SQL
written Native 'statement String' partials 'saltwell_sql merge_partials --table partials --keys user --op last=max' >"$TMPDIR/ask"
query <"$TMPDIR/ask"
{ cat "$TMPDIR/stdout" && echo 'ORDER BY user;'; } >"$TMPDIR/sql"
query <"$TMPDIR/sql"
check_equal 'merge_partials: the statement runs' '0	10	1970-01-01 00:00:27	(10,13.5,742.5)
1	10	1970-01-01 00:00:28	(10,14.5,742.5)
2	10	1970-01-01 00:00:29	(10,15.5,742.5) ' "$(cat "$TMPDIR/stdout") $stderr"

# Rows of raw values, several results of one column and a name that the command has to escape; shards change nothing.
query <<'SQL'
CREATE TABLE samples (user LowCardinality(String), `a b` Nullable(Float64), t DateTime('UTC')) ENGINE = MergeTree ORDER BY user AS
SELECT toString(number % 3), if(number % 4 = 0, NULL, number / 10), number FROM numbers(30);
SQL
folded='--op n=count() --op a\\ b=exact --op most\\ b=max(a\\ b) --op s=exact_state(a\\ b) --op t=activity'
for shards in 1 3; do
    written Native 'statement String' samples "saltwell_sql merge_partials --table samples --keys user $folded --shards $shards" >"$TMPDIR/ask"
    query <"$TMPDIR/ask"
    {
        echo 'SELECT user, n, `a b`, `most b`, exactMoments(s) = `a b`, t FROM ('
        cat "$TMPDIR/stdout"
        echo ') EXCEPT DISTINCT SELECT user, count(), exactMoments(exactState(groupArray(`a b`))), max(`a b`), 1, activityState(groupArray(t)) FROM samples GROUP BY user;'
        echo 'SELECT count(), sum(n) FROM ('
        cat "$TMPDIR/stdout"
        echo ');'
    } >"$TMPDIR/sql"
    query <"$TMPDIR/sql"
    check_equal "merge_partials of raw values, $shards shards: the statement runs" '3	30 ' "$(cat "$TMPDIR/stdout") $stderr"
done
written Native 'statement String' samples 'saltwell_sql period_stream --table samples --keys user --time t --gap 1 --emit periods --exact a\\ b' >"$TMPDIR/ask"
query <"$TMPDIR/ask"
{ echo 'SELECT count(), sum(`a b_exact`.n) FROM (' && cat "$TMPDIR/stdout" && echo ');'; } >"$TMPDIR/sql"
query <"$TMPDIR/sql"
check_equal 'period_stream --exact: the statement runs' '30	22 ' "$(cat "$TMPDIR/stdout") $stderr"

# refused NAME FRAGMENT TABLE COMMAND: under the server's default settings, which see no exit status.
refused() {
    written Native 'statement String' "$3" "$4" >"$TMPDIR/ask"
    query <"$TMPDIR/ask"
    check_equal "$1: the query fails" 1 "$status"
    check_contains "$1: the reason" "$2" "$stderr"
    written TSVRaw 'line String' "$3" "$4" >"$TMPDIR/ask"
    query <"$TMPDIR/ask"
    check_contains "$1, TSVRaw: the reason" "$2" "$(tr '\0' ' ' <"$TMPDIR/stdout")"
}

refused 'no such table' "saltwell_sql: expected the table's columns on standard input" absent \
    'saltwell_sql period_stream --table absent --keys k --time t --gap 1'
refused 'no such key' "saltwell_sql: --keys: expected a column of the table, found 'host'" partials \
    'saltwell_sql period_stream --table partials --keys host --time last --gap 1'
refused 'the option of version 0.1.0' "found '--sql': the program saltwell_sql writes statements" partials \
    'period_stream --sql --table partials --keys user --time last --gap 1'
refused 'no table' 'saltwell_sql: expected --table, found none' partials 'saltwell_sql merge_partials --keys user'
refused 'an op of a column that is not there' "saltwell_sql: --op: expected a column of the table, found 'b'" samples \
    'saltwell_sql merge_partials --table samples --keys user --op n=count(b)'
refused 'a type that an op is not for' "saltwell_sql: column 'user': expected a type that moments is for, found LowCardinality(String)" samples \
    'saltwell_sql merge_partials --table samples --keys t --op user=moments'
refused 'a column that does not merge' "saltwell_sql: column 'last': type DateTime('UTC') has no merge" partials \
    'saltwell_sql merge_partials --table partials --keys user'
query <<'SQL'
SELECT * FROM executable('saltwell_sql period_stream --table t --keys k --time t --gap 1', Native, 'statement String', (SELECT 'k', 1));
SQL
check_contains 'columns that are no description' 'saltwell_sql: expected the columns name String, type String' "$stderr"
