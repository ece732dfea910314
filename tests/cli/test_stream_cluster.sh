#!/bin/sh
# saltwell_sql --cluster over two servers: every shard streams its own rows in a process of its own, and
# the answer is that of one process over all rows, whatever the columns are called.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

if [ ! -x "$BUILD/saltwell-local" ]; then
    not_ok 'the engine' "expected its launcher at $BUILD/saltwell-local, found none: build it first"
    exit 1
fi
# shellcheck source=examples/publish/client.sh
. "$ROOT/examples/publish/client.sh"
# shellcheck source=examples/publish/server.sh
. "$ROOT/examples/publish/server.sh"
# shellcheck source=examples/ad_mart/cluster/nodes.sh
. "$ROOT/examples/ad_mart/cluster/nodes.sh"
# shellcheck disable=SC2034 # read by client.sh
scratch=$TMPDIR database=default query_tag=cluster
trap end_nodes EXIT
trap 'exit 130' HUP INT TERM
start_nodes "$TMPDIR" || {
    not_ok 'two nodes' 'they did not start'
    exit 1
}

# ask SQL...: the answer, or the reason why there is none.
ask() {
    sql "$1" || last_error
}

# The shards hold the rows by key; by_time holds them by time. all_rows on the first node has all of them.
columns="\`a b\` Nullable(UInt64), ts DateTime('UTC'), \`q'uo\` String, \`bq\\\`x\` LowCardinality(String), \`back\\\\slash\` Int64, state Tuple(n UInt64, mean Float64, m2 Float64)"
for url in "$node2" "$node1"; do
    for table in by_key by_time; do
        check_equal "$table: created on a node" '' "$(ask "CREATE TABLE $table ($columns) ENGINE = MergeTree ORDER BY tuple()")"
    done
done
for table in by_key:cityHash64\(tuple\(\`a\ b\`\)\) by_time:toUnixTimestamp\(ts\); do
    name=${table%%:*}
    check_equal "$name over both: created" '' \
        "$(ask "CREATE TABLE ${name}_everywhere AS $name ENGINE = Distributed('shards', 'default', '$name', ${table#*:})")"
done
check_equal 'all rows: created' '' "$(ask "CREATE TABLE all_rows ENGINE = MergeTree ORDER BY tuple() AS
    SELECT CAST(if(n % 101 = 0, NULL, n % 101), 'Nullable(UInt64)') AS \`a b\`, toDateTime(n + 1000 * intDiv(n, 2000), 'UTC') AS ts, concat('it''s \\\\ ', toString(n)) AS \`q'uo\`,
        CAST(toString(n % 7), 'LowCardinality(String)') AS \`bq\\\`x\`, n::Int64 AS \`back\\\\slash\`, (1, n / 7, 0.)::Tuple(n UInt64, mean Float64, m2 Float64) AS state
    FROM (SELECT number AS n FROM numbers(20000) ORDER BY cityHash64(n))")"
for table in by_key by_time; do
    check_equal "$table: filled" '' "$(sql "INSERT INTO ${table}_everywhere SELECT * FROM all_rows" set:distributed_foreground_insert=1 || last_error)"
done
check_equal 'each node has rows of its own' 1 \
    "$(ask 'SELECT (SELECT count() FROM by_key) BETWEEN 1 AND 19999 AND (SELECT count() FROM by_time) BETWEEN 1 AND 19999')"

# written TABLE COMMAND...: the statement that the first node has saltwell_sql write.
written() {
    ask "SELECT statement FROM executable('saltwell_sql $2 --table default.$1', Native, 'statement String',
        (SELECT name, type FROM system.columns WHERE database = 'default' AND table = '$1')) FORMAT TSVRaw"
}

# bits STATEMENT: the rows as a number that their order does not change.
bits() {
    ask "SELECT count(), sum(sipHash64(*)), groupBitXor(sipHash64(*)) FROM ($1)"
}

one="period_stream --keys \"a b\" --time ts --gap 150"
while IFS='|' read -r name command; do
    expected=$(bits "$(written all_rows "$command")")
    check_equal "$name: the reference has rows" 1 "$(echo "$expected" | grep -c -v -e '^0' -e '[a-zA-Z]')"
    check_equal "$name: over the shards" "$expected" "$(bits "$(written by_key "$command --cluster shards")")"
    check_equal "$name: over the shards, three processes each" "$expected" \
        "$(bits "$(written by_key "$command --cluster shards --shards 3")")"
    # Where the sharding key is not a function of the key, one place must see all rows of a key.
    check_equal "$name: sharded by something else" "$expected" "$(bits "$(written by_time_everywhere "$command")")"
done <<END
rows|$one
rows with lengths|$one --max-span 500 --lengths
periods|$one --emit periods --sum "back\\\\\\\\slash" --moments "back\\\\\\\\slash"
partials|merge_partials --keys "a b,bq\`x" --op ts=max --op "q\\\\\\'uo=min" --op "back\\\\\\\\slash=max"
END
expected=$(ask "SELECT count() FROM ($(written all_rows "$one --emit periods"))")
found=$(ask "SELECT count() FROM ($(written by_time "$one --emit periods --cluster shards"))")
check_equal 'a key on several shards: other periods, as the documents warn' 1 "$([ "$found" -gt "$expected" ] && echo 1)"

# The hash ranges are not those of the sharding key: no process of a shard is without rows.
url=$node2
check_equal 'the ranges of a shard all have rows' '3' \
    "$(ask 'SELECT uniqExact(cityHash64(tuple(`a b`), 1) % 3) FROM by_key')"
check_equal 'the ranges of a shard all have rows, as many as shards' '2' \
    "$(ask 'SELECT uniqExact(cityHash64(tuple(`a b`), 1) % 2) FROM by_key')"

# What fails on a shard fails the query, with its reason.
check_equal 'a sum that overflows on the second node' '' "$(ask "INSERT INTO by_key (\`a b\`, ts, \`back\\\\slash\`)
    SELECT 1000003, 1, 9223372036854775807 FROM numbers(2)")"
url=$node1
check_contains 'an error on a shard' 'that overflows' \
    "$(bits "$(written by_key "$one --emit periods --sum \"back\\\\\\\\slash\" --cluster shards")")"
check_contains 'a cluster with a quote in its name' "Requested cluster 'it's' not found" "$(bits "$(written by_key "$one --cluster \"it\\\\\\'s\"")")"

# What the doctor says of the two: the same version, another one on one of them, none on it.
doctor() {
    run "$ROOT/install/doctor.sh" --url "$node1" --cluster shards
}
url=$node2
doctor
check_equal 'the doctor: status' '0 ' "$status $stderr"
check_contains 'the doctor: both have the version' 'on all 2' "$(grep replicas "$TMPDIR/stdout")"
sql "CREATE OR REPLACE FUNCTION saltwellVersion AS () -> '0.0.9'"
doctor
check_equal 'the doctor, one of another version: status' 1 "$status"
check_contains 'the doctor, one of another version: which' '0.0.9' "$(grep '^fail  replicas' "$TMPDIR/stdout")"
sql 'DROP FUNCTION saltwellVersion'
doctor
check_contains 'the doctor, one without: how many' 'on 2, found it on 1' "$(grep '^fail  replicas' "$TMPDIR/stdout")"
