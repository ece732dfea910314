#!/bin/sh
# validate.sql prints nothing for equal marts and the rows that differ for others.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/mart/mart.sh
. "$ROOT/tests/mart/mart.sh"

mart_begin
generate 2024-01-15 1 1000
ad_mart --date 2024-01-15

# old_output MART EXPRESSION: what an old job could have written, with one column replaced.
old_output() {
    sql "SELECT * EXCEPT (daily_ctr, daily_avg_visit_duration, daily_avg_duration_per_page, daily_time_show_to_view, activity) $2
        FROM marts.$1_daily FORMAT Parquet" set:asterisk_include_alias_columns=1 >/dev/null || last_error
    mv "$scratch/answer" "$TMPDIR/data/user_files/$1.parquet"
}

validate() {
    of_mart "$1" script "$mart/validate.sql" day=2024-01-15 "old=$1.parquet" || last_error
}

for entity in user host ip; do
    old_output $entity ''
    check_equal "$entity: equal marts" '' "$(validate $entity)"
    old_output $entity 'REPLACE (daily_sum_ctr * (1 + 1e-12) AS daily_sum_ctr)'
    check_equal "$entity: equal up to rounding" '' "$(validate $entity)"
done
old_output host 'REPLACE (daily_sum_ctr * 1.001 AS daily_sum_ctr)'
check_contains 'another sum' 'host_daily	sum ctr' "$(validate host)"
check_contains 'another average' 'host_daily	average ctr' "$(validate host)"
old_output user 'REPLACE (daily_count_time_show_to_view + 1 AS daily_count_time_show_to_view)'
check_equal 'another count in the sample of keys' 3 "$(validate user | grep -vc -e '	count ' -e '	average ')"
sql "SELECT * FROM marts.ip_daily LIMIT 100 FORMAT Parquet" set:asterisk_include_alias_columns=1 >/dev/null
mv "$scratch/answer" "$TMPDIR/data/user_files/ip.parquet"
check_contains 'rows are missing' 'ip_daily	rows	100' "$(validate ip)"
