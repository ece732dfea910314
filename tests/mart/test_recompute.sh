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
        >"$TMPDIR/csv/$1.csv" || last_error
    # Names and times without quotes of their own are all that csv readers agree on.
    [ -s "$TMPDIR/csv/$1.csv" ]
}

# shellcheck disable=SC2016 # the backquotes are SQL
tuples=$(for metric in ctr avg_visit_duration avg_duration_per_page time_show_to_view; do
    for part in n mean m2; do
        printf ', daily_%s.%s AS `daily_%s.%s`' $metric $part $metric $part
    done
done)
export_csv meta 'SELECT * FROM rtb.meta_v8'
export_csv preclick 'SELECT * FROM rtb.yandex_preclick'
for table in user_daily host_daily ip_daily daily; do
    activity=', hex(activity) AS activity' except=', activity'
    [ $table != daily ] || activity='' except=''
    export_csv $table "SELECT * EXCEPT (daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view$except)$activity$tuples
        FROM marts.$table WHERE date BETWEEN '2024-01-30' AND '2024-02-01'"
done
python3 "$ROOT/tests/mart/recompute.py" "$TMPDIR/csv" 2024-01-30 2024-01-31 2024-02-01

# The script must see a wrong number: the same export with one value changed.
sed '2s/,[0-9]*/,7/' "$TMPDIR/csv/host_daily.csv" >"$TMPDIR/csv/changed" && mv "$TMPDIR/csv/changed" "$TMPDIR/csv/host_daily.csv"
run python3 "$ROOT/tests/mart/recompute.py" "$TMPDIR/csv" 2024-01-30 2024-01-31 2024-02-01
check_equal 'a changed value is found' 1 "$status"
