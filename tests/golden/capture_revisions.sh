#!/bin/sh
# tests/golden/capture_revisions.sh: writes tests/golden/revisions/ anew: what the embedded ClickHouse
# sends to a program in each form that its protocol has had, two blocks of every kind of column, and a
# function's block of one column whose first byte is 0. README.md in that folder's parent says what they test.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/server.sh"

plugins=$TMPDIR/plugins out=$ROOT/tests/golden/revisions
mkdir -p "$plugins/bin"
printf '#!/bin/sh\nexec cat >"%s/$1"\n' "$TMPDIR" >"$plugins/bin/capture"
chmod +x "$plugins/bin/capture"
test_server captures --plugins "$plugins"

# capture NAME REVISION QUERY: the blocks of the query's rows.
capture() {
    curl -s -m 10 "http://127.0.0.1:$http/?client_protocol_version=$2&output_format_native_write_json_as_string=1&max_block_size=3" \
        --data-binary "SELECT * FROM executable('capture block', Native, 'x UInt8', ($3))"
    mv "$TMPDIR/block" "$out/$1-$2.native"
}

for revision in 0 1 54405 54454 54480; do
    capture types $revision "SELECT toLowCardinality(toString(number)) AS k, toUInt32(number) AS ts, number AS v, if(number % 2 = 0, NULL, number / 7) AS f,
        (number, ('', NULL::Nullable(UInt8)))::Tuple(a UInt64, b Tuple(c String, d Nullable(UInt8))) AS t, [NULL, toString(number)]::Array(LowCardinality(Nullable(String))) AS l,
        map('k', [number]) AS m, concat('{\"a\":', toString(number), '}')::JSON AS j, 5::Variant(UInt8, String) AS x,
        arrayReduce('varSampStableState', [number / 3]) AS a, number::SimpleAggregateFunction(sum, UInt64) AS g, toDateTime64(number, 3, 'UTC') AS d
        FROM numbers(6)"
    capture empty_arrays $revision "SELECT []::Array(Float64) AS values FROM numbers(3)"
    capture empty_strings $revision "SELECT if(number = 0, '', 'state') AS state FROM numbers(3)"
    capture no_values $revision "SELECT (0, 0., 0.)::Tuple(n UInt64, mean Float64, m2 Float64) AS state"
done
