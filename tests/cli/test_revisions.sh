#!/bin/sh
# Every function and table function for clients that ask for a revision of the protocol, as
# clickhouse-connect does with client_protocol_version: the same answers as without, and no wait. The
# revisions are those at which what the server writes to its programs changes, those before them, what
# clients are known to send, and one that no server knows yet.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"

all='1 54032 54058 54226 54337 54405 54441 54453 54454 54458 54464 54465 54466 54470 54473 54475 54479 54480 54482 54483 99999'
few='1 54405 54454 54479 99999'
revisions=$all

test_server revisions

# ask_in REVISION SQL: the answer to a client of the revision, in 10 s.
ask_in() {
    ask 10 "$2" "client_protocol_version=$1"
}

# same NAME SQL: the answer in revision 0 is one, and all others have it too.
same() {
    expected=$(ask_in 0 "$2")
    case $expected in
    '' | *Exception* | 'no answer'*)
        not_ok "$1" "in revision 0: '$expected'"
        return
        ;;
    esac
    for revision in $revisions; do
        found=$(ask_in "$revision" "$2")
        [ "$found" = "$expected" ] || {
            not_ok "$1" "revision $revision: expected '$expected', found '$found'"
            return
        }
    done
    ok "$1"
}

# The functions' calls, by name. A column of one name and no neighbours is the hard case: where its first
# byte is 0, only the block's end tells 54454 from what is before it. So the rows begin with empty arrays and
# states, or have sizes that are multiples of 256.
calls='
periodNumbers(times, 10, 0)
periodIds(n, times, 10, 50)
firstInPeriod(times, 10, 0)
periodLengths(times, 10, 0)
uniquePeriodLengths(times, 10, 0)
periods(n, times, 10, 0)
periodRows(n, times, 10, 0)
activityState(times)
activityMerge([state, state])
activityPeriods(n, state, 10, 0)
activityEvents(state)
welfordState(values)
welfordMerge([welfordState(values), (0, 0., 0.)])
finalizeAggregation(welfordToAggregate(if(n % 3 = 0, (0, 0., 0.), (256, 1., 2.))))
welfordFromAggregate(arrayReduce('\''varSampStableState'\'', values))
exactState(values)
exactMerge([exact, exact])
exactMoments(exact)
'
input() {
    echo "(SELECT number AS n, arrayMap(i -> toInt64(i * i % 999), range($2)) AS times, arrayMap(t -> t / 8, times) AS values,
        if(n % 3 = 0, '', activityState(times)) AS state, if(n % 3 = 0, '', exactState(values)) AS exact FROM numbers($1))"
}

for function in $(for program in periods activity welford exact; do "$BUILD/bin/$program" --list; done | cut -f 1); do
    case $calls in
    *"$function("*) ;;
    *) not_ok "a call of $function" 'expected one in this test' ;;
    esac
done

hashes() {
    echo "$calls" | sed '/^$/d; s/.*/, sum(sipHash64(n, &))/' | tr -d '\n'
}

# Blocks of one row, of some, and of more than a pipe holds.
while IFS='|' read -r name rows size; do
    same "functions: $name" "SELECT count()$(hashes) FROM $(input "$rows" "$size")"
done <<'SIZES'
one empty array|1|0
arrays of 256 and 512|3|256 * (n + 1)
mixed, some empty|1000|n % 7 * 3
SIZES
revisions=$few
while IFS='|' read -r name rows size; do
    same "functions: $name" "SELECT count()$(hashes) FROM $(input "$rows" "$size")"
done <<'SIZES'
empty arrays, more than a pipe holds|140000|0
arrays of 256, more than a pipe holds|600|256
SIZES
revisions=$all

ask_in 0 "CREATE TABLE typed (k LowCardinality(String), ts DateTime('UTC'), v UInt64, f Nullable(Float64), s String,
    t Tuple(a UInt64, b Tuple(c String, d Nullable(UInt8))), l Array(LowCardinality(Nullable(String))), m Map(String, Array(UInt8)),
    j JSON, x Variant(UInt8, String), a AggregateFunction(varSampStable, Float64), g SimpleAggregateFunction(sum, UInt64))
    ENGINE = MergeTree ORDER BY (k, ts) SETTINGS ratio_of_defaults_for_sparse_serialization = 0.1, min_bytes_for_wide_part = 0"
ask_in 0 "INSERT INTO typed SELECT toString(number % 9), number, if(number % 50 = 0, number, 0), if(number % 3 = 0, NULL, number / 7), if(number % 40 = 1, 'x', ''),
    (if(number % 60 = 0, 7, 0), ('', NULL)), [NULL, toString(number % 5)], map('k', [number % 3]), concat('{\"a\":', toString(number), '}'),
    if(number % 2 = 0, 5::Variant(UInt8, String), 'q'::Variant(UInt8, String)), arrayReduce('varSampStableState', [number / 3]), number FROM numbers(3000)"
columns='k, ts, v, f, s, t, l, m, j, x, a, g'
same 'the table has sparse columns' "SELECT groupArray(column) FROM system.parts_columns WHERE table = 'typed' AND serialization_kind = 'Sparse'"

# stream NAME PROGRAM KEYS OPTIONS: the statement that saltwell_sql prints for it, over the table.
stream() {
    statement=$(ask_in 0 "DESCRIBE TABLE typed FORMAT TSV" | "$BUILD/bin/saltwell_sql" "$2" --table typed --keys "$3" $4)
    same "$1" "SELECT count(), $5 FROM ($statement) SETTINGS output_format_native_write_json_as_string = 1"
}
hash="sum(sipHash64($(echo "$columns" | sed 's/ a,/ finalizeAggregation(a),/')))"
stream 'period_stream' period_stream k '--time ts --gap 5' "$hash, sum(period_id), sum(period_number), sum(is_first_in_period)"
stream 'period_stream --lengths' period_stream k '--time ts --gap 5 --max-span 20 --lengths' "$hash, sum(period_id), sum(period_length), max(period_last)"
stream 'period_stream --emit periods' period_stream k,t '--time ts --gap 5 --emit periods --sum v --moments f' \
    'sum(sipHash64(k, t)), sum(period_id), sum(period_length), max(period_last), sum(v_sum), sum(f_moments.n), sum(f_moments.m2)'
same 'merge_partials' "SELECT count(), sum(k), sum(n), sum(finalizeAggregation(a)), sum(w.n), sum(length(e)) FROM executable('merge_partials --keys 1', Native,
    'k UInt64, n UInt64, w Tuple(n UInt64, mean Float64, m2 Float64), a AggregateFunction(varSampStable, Float64), e String',
    (SELECT intDiv(number, 3) AS k, number AS n, (1, number / 3, 0.)::Tuple(n UInt64, mean Float64, m2 Float64) AS w,
        arrayReduce('varSampStableState', [number / 3]) AS a, exactState([number / 7]) AS e FROM numbers(10000) ORDER BY k))"

# What fails says the same to every client.
fails() {
    for revision in 0 $revisions; do
        case $(ask_in "$revision" "$3") in
        *"$2"*) ;;
        *)
            not_ok "$1" "revision $revision: expected '$2', found '$(ask_in "$revision" "$3")'"
            return
            ;;
        esac
    done
    ok "$1"
}
from_typed="FROM executable('period_stream --keys 1 --time ts --gap 5', Native, 'k String, ts DateTime, x UInt64, period_id UInt64, period_number UInt32, is_first_in_period UInt8', (SELECT"
fails 'a function refuses' 'gap: expected 0 or more, found -1' "SELECT periodNumbers([1, 2], -1, 0)"
fails 'a stream refuses a type' 'found Dynamic' "SELECT * $from_typed k, ts, v::Dynamic AS x FROM typed ORDER BY k, ts LIMIT 5))"
fails 'a stream refuses binary JSON' 'output_format_native_write_json_as_string' "SELECT * $from_typed k, ts, j AS x FROM typed ORDER BY k, ts LIMIT 5))"
fails 'a stream refuses an option' "found '--nonsense'" "SELECT * FROM executable('period_stream --nonsense', Native, 'k UInt8', (SELECT 1 AS k))"
