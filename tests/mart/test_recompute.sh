#!/bin/sh
# The marts against a plain script that recomputes them from a CSV export, row by row.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/mart/mart.sh
. "$ROOT/tests/mart/mart.sh"

mart_begin
generate 2024-01-29 5 1500
ad_mart backfill --from 2024-01 --to 2024-02 || not_ok 'backfill' "$(tail -n 1 "$TMPDIR/ad_mart.log")"

mkdir "$TMPDIR/csv"
# export_csv NAME QUERY
export_csv() {
    sql "$2 FORMAT CSVWithNames" 'set:format_csv_null_representation=\N' set:output_format_csv_serialize_tuple_into_separate_columns=0 \
        set:asterisk_include_alias_columns=1 \
        >"$TMPDIR/csv/$1.csv" || last_error
    # Names and times without quotes of their own are all that csv readers agree on.
    [ -s "$TMPDIR/csv/$1.csv" ]
}

# shellcheck disable=SC2016 # the backquotes are SQL
tuples=$(echo '[[metric: , daily_{metric}.n AS `daily_{metric}.n`, daily_{metric}.mean AS `daily_{metric}.mean`, daily_{metric}.m2 AS `daily_{metric}.m2`]]' | fill_in)
export_csv meta 'SELECT * FROM rtb.meta_v8'
export_csv preclick 'SELECT * FROM rtb.yandex_preclick'
except=$(echo '[[metric: , daily_{metric}]]' | fill_in)
for table in user_daily host_daily ip_daily; do
    export_csv $table "SELECT * EXCEPT (activity$except), hex(activity) AS activity$tuples
        FROM marts.$table WHERE date BETWEEN '2024-01-30' AND '2024-02-01'"
done
export_csv daily "SELECT * EXCEPT (${except#, })$tuples
    FROM marts.daily_periods WHERE date BETWEEN '2024-01-30' AND '2024-02-01'"
python3 "$ROOT/tests/mart/recompute.py" "$TMPDIR/csv" 2024-01-30 2024-01-31 2024-02-01

# The script must see a wrong number: the same export with one value changed.
sed '2s/,[0-9]*/,7/' "$TMPDIR/csv/host_daily.csv" >"$TMPDIR/csv/changed" && mv "$TMPDIR/csv/changed" "$TMPDIR/csv/host_daily.csv"
run python3 "$ROOT/tests/mart/recompute.py" "$TMPDIR/csv" 2024-01-30 2024-01-31 2024-02-01
check_equal 'a changed value is found' 1 "$status"
