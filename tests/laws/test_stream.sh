#!/bin/sh
# Laws of the streams over random data, with the statements that saltwell_sql prints: the result does not depend
# on shards, block size or threads, and is that of plain SQL, for every width of time, for keys of many
# types with NULLs among them, for random rules. SEEDS: how many rounds; twelve for every time.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

SEEDS=${SEEDS:-12}
if [ ! -x "$BUILD/saltwell-local" ]; then
    not_ok 'the engine' "expected its launcher at $BUILD/saltwell-local, found none: build it first"
    exit 1
fi

query() {
    run "$BUILD/saltwell-local" --path "$TMPDIR/data" --input_format_skip_unknown_fields=0 \
        --allow_suspicious_low_cardinality_types=1 "$@"
}

# choose NUMBER WORD...: the word of that number, counted around.
choose() {
    choose_at=$(($1 % ($# - 1) + 1))
    shift $choose_at
    printf '%s' "$1"
}

# An expression for each type of time, from `tick`, which is in -120 to 119 where the type has negative
# numbers and in 0 to 239 where not.
time_of() {
    choose "$1" 'toInt8(tick)' 'toUInt8(tick)' 'toInt16(tick * 100)' 'toDate(toUInt16(tick))' 'addDays(toDate32(0), tick)' \
        'toInt32(tick * 10000000)' 'toUInt32(tick)' 'toDateTime(tick)' 'toInt64(tick) * 70000000000000000' \
        'toUInt64(tick) * 30000000000000000' "fromUnixTimestamp64Milli(toInt64(tick), 'UTC')" 'toUInt16(tick)'
}
# What a tick of it is, in the time's raw integer.
scale_of() {
    choose "$1" 1 1 100 1 1 10000000 1 1 70000000000000000 30000000000000000 1 1
}
lowest_of() {
    choose "$1" -120 0 -120 0 -120 -120 0 0 -120 0 -120 0
}
key_of() {
    choose "$1" 'toString(h % 7)' 'if(h % 5 = 0, NULL, toInt16(h % 9) - 4)' "toLowCardinality(if(h % 4 = 0, NULL, repeat('x', h % 6)))" \
        'toFloat32(h % 5) - 2' "(h % 3, if(h % 2 = 0, NULL, toString(h % 4)))" 'arrayMap(i -> if(i % 2 = 0, NULL, i), range(h % 4))' \
        'toUUID(concat(leftPad(hex(h % 3), 8, %0%), %-0000-0000-0000-%, leftPad(hex(h % 4), 12, %0%)))' "toFixedString(toString(h % 5), 3)" \
        'toDecimal128(h % 5, 3) - 2' 'toIPv6(toString(toIPv4(toUInt32(h % 5))))' | sed "s/%\([0-]*\)%/'\1'/g"
}

# hash COLUMNS: count and hash of the rows of a statement on standard input, as one line of TSV.
hash_of() {
    echo "SELECT count(), groupBitXor(cityHash64(tuple($1))), sum(cityHash64(tuple($1))) FROM ("
    cat
    echo ');'
}

seed=0
while [ "$seed" -lt "$SEEDS" ]; do
    seed=$((seed + 1))
    scale=$(scale_of $seed)
    gap=$(choose $((seed * 7)) 0 1 3 10)
    span=$(choose $((seed * 5)) 0 2 7 40)
    restart=$(choose $seed '' '--restart restart')
    cat >"$TMPDIR/sql" <<SQL
CREATE OR REPLACE TABLE events ENGINE = MergeTree ORDER BY n SETTINGS index_granularity = 1, index_granularity_bytes = 0 AS
SELECT number AS n, sipHash64(number, $seed, 1) AS h, toInt32(sipHash64(number, $seed, 2) % 240) + $(lowest_of $seed) AS tick,
  $(time_of $seed) AS ts, $(key_of $seed) AS a, $(key_of $((seed / 2 + 3)) | sed 's/h %/bitShiftRight(h, 32) %/g') AS b,
  -- The same for equal ticks, whose order is open.
  toUInt8(sipHash64(tick, 5) % 9 = 0) AS restart, if(tick % 3 = 0, NULL, toInt32(sipHash64(tick)))::Nullable(Int32) AS v,
  if(tick % 5 = 0, NULL, exp(toInt32(sipHash64(tick, 7) % 200) - 100.)) AS x
FROM numbers(3000);
DESCRIBE TABLE events FORMAT TSV;
SQL
    query <"$TMPDIR/sql"
    mv "$TMPDIR/stdout" "$TMPDIR/description"
    rule="--gap $((gap * scale)) --max-span $((span * scale)) $restart"
    types=$(awk -F'\t' '$1 == "a" || $1 == "b" || $1 == "ts" { print $2 }' "$TMPDIR/description" | tr '\n' ' ')
    echo "seed $seed: $types $rule"
    row='a, b, ts, period_id, period_number, is_first_in_period'
    period='a, b, period_id, period_number, period_first, period_last, period_length, unique_period_length'
    cat >"$TMPDIR/reference" <<SQL
SELECT a, b, ts, xxh3(concat(formatRow('RowBinary', a, b), reinterpretAsFixedString(first))) AS period_id,
  s.3::UInt32 AS period_number, s.4::UInt8 AS is_first_in_period, s.2 AS first,
  min(ts) OVER w AS period_first, max(ts) OVER w AS period_last, count() OVER w AS period_length,
  uniqExact(ts) OVER w AS unique_period_length, sum(v) OVER w AS v_sum,
  exactMoments(exactState(groupArray(x) OVER w)) AS x_exact
FROM
(
  SELECT a, b, arraySort(e -> e.1, groupArray((toInt64(tick) * $scale, ts, restart, (v, x)))) AS history,
    arrayFold((done, e) -> arrayPushBack(done,
      if(length(done) = 0 OR e.1 - done[-1].1 > $((gap * scale)) OR ($span > 0 AND e.1 - done[-1].2 > $((span * scale)))
        OR (${restart:+1 OR }0) AND e.3 = 1,
        (e.1, e.1, toUInt64(done[-1].3 + 1), 1), (e.1, done[-1].2, done[-1].3, 0))),
      history, CAST([], 'Array(Tuple(Int64, Int64, UInt64, UInt8))')) AS steps
  FROM events GROUP BY a, b
)
ARRAY JOIN history.2 AS ts, history.4.1 AS v, history.4.2 AS x, steps AS s
WINDOW w AS (PARTITION BY a, b, s.3)
SQL
    hash_of "$row" <"$TMPDIR/reference" >"$TMPDIR/sql"
    hash_of "$row, period_length, unique_period_length, period_first, period_last" <"$TMPDIR/reference" >>"$TMPDIR/sql"
    echo "SELECT * FROM ($(cat "$TMPDIR/reference")) WHERE is_first_in_period" | hash_of "$period, v_sum::Nullable(Int64), x_exact" >>"$TMPDIR/sql"
    folded='a, b, n, ts, v_count, v_exact, x, x_exact'
    echo "SELECT a, b, count() AS n, activityState(groupArray(e.ts)) AS ts, count(e.v) AS v_count, exactMoments(exactState(groupArray(e.v))) AS v_exact,
      exactState(groupArray(e.x)) AS x, exactMoments(x) AS x_exact FROM events AS e GROUP BY a, b" | hash_of "$folded" >>"$TMPDIR/sql"
    query <"$TMPDIR/sql"
    cp "$TMPDIR/stdout" "$TMPDIR/expected"
    check_equal "seed $seed: the reference has all rows" '3000 3000 ' \
        "$(sed 2q "$TMPDIR/expected" | cut -f1 | tr '\n' ' ')$stderr"
    for shards in 1 2 5; do
        for form in '' --lengths '--emit periods --sum v --exact x'; do
            columns=$row
            [ "$form" = --lengths ] && columns="$row, period_length, unique_period_length, period_first, period_last"
            [ "$form" = '--emit periods --sum v --exact x' ] && columns="$period, v_sum, x_exact"
            # shellcheck disable=SC2086 # words
            "$BUILD/bin/saltwell_sql" period_stream --table events --keys a,b --time ts $rule $form --shards $shards \
                <"$TMPDIR/description" | hash_of "$columns"
        done >"$TMPDIR/sql"
        grep -v "^restart\|^n\|^h\|^tick" "$TMPDIR/description" |
            "$BUILD/bin/saltwell_sql" merge_partials --table events --keys a,b --shards $shards --op 'n=count()' --op ts=activity \
                --op 'v_count=count(v)' --op 'v_exact=exact(v)' --op x=exact_state --op 'x_exact=exact(x)' | hash_of "$folded" >>"$TMPDIR/sql"
        query --max_block_size=$((seed * 97 % 1000 + 1)) --max_threads=$((seed % 4 + 1)) <"$TMPDIR/sql"
        check_equal "seed $seed, $shards shards: rows, lengths, periods and keys are those of SQL" "$(cat "$TMPDIR/expected") " \
            "$(cat "$TMPDIR/stdout") $stderr"
    done
done
