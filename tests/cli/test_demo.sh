#!/bin/sh
# examples/demo/demo.sh: a small log of one's own, and the calls that it refuses.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck source=tests/cli/demo.sh
. "$(dirname "$0")/demo.sh"
demo_init

# Two columns make the user, two the time; a quote, a comma and a line's end inside fields; one row
# without a time, one without a number.
cat >"$TMPDIR/it's a log.csv" <<'EOF'
"first name","last","day","clock","host|name","took & spent"
ann,a,2026-03-02,10:00:00,"x, y",1
ann,a,2026-03-02,10:30:00,"x, y",2
ann,b,2026-03-02,10:20:00,"x, y",3
ann,a,2026-03-02,11:00:01,"x, y",NA
ann,a,2026-03-03,11:00:01,"two
lines",40
ann,b,,,z,9
EOF
demo DATA="$TMPDIR/it's a log.csv" KEY='first name,last' TIME=day,clock VALUE='took & spent' HOST='host|name'
check_equal 'a log of one'"'"'s own: status' '0 ' "$status $stderr"
check_equal 'periods of a user' 'ann/a 3 4 600' "$(row ann/a)"
check_equal 'new periods of a day' '2026-03-02 4 3' "$(row 2026-03-02)"
check_equal 'a mean' 'x, y 3 2 1' "$(row 'x, y')"
check_equal 'in short' '5 2 4 1.25 1800' "$(row 5)"
check_contains 'rows left out' 'left out 1 of 6 rows: no readable time' "$(cat "$TMPDIR/stdout")"
check_contains 'values that are no number' '1 of 5 rows have no number' "$(cat "$TMPDIR/stdout")"
check_contains 'shows the row' "row 6: found ''" "$(cat "$TMPDIR/stdout")"
check_contains 'shows its SQL' 'firstInPeriod(times, 1800, 0)' "$(cat "$TMPDIR/stdout")"

gzip -c "$TMPDIR/it's a log.csv" >"$TMPDIR/log.csv.gz"
demo DATA="$TMPDIR/log.csv.gz" KEY='last' TIME=day,clock VALUE='took & spent' GAP=1200
check_equal 'compressed: status' '0 ' "$status $stderr"
check_equal 'compressed: the key is the host' 'a 3 14.333333 22.233608' "$(row 'a 3 14.333333')"
check_equal 'GAP: periods' 'a 4 4 0' "$(row a)"
check_contains 'GAP: in the SQL shown' 'periods(xxh3(user), groupArray(ts), 1200, 0)' "$(cat "$TMPDIR/stdout")"

demo DATA="$TMPDIR/log.csv.gz" KEY=last TIME=day,clock
check_equal 'without VALUE: status' '0 ' "$status $stderr"
check_equal 'without VALUE: no means' '' "$(grep -i welford "$TMPDIR/stdout")"


log=$TMPDIR/log.csv.gz
refused 'no file' "demo: DATA: there is no file '$TMPDIR/none.csv'" \
    DATA="$TMPDIR/none.csv" KEY=last TIME=day VALUE=x
refused 'a folder' "demo: DATA: expected a file, found a folder or a device: '$TMPDIR'" DATA="$TMPDIR" KEY=last TIME=day VALUE=x
refused 'wrong column' "expected a column 'user', found first name,last,day,clock,host|name,took & spent" \
    DATA="$log" KEY=last,user TIME=day VALUE='took & spent'
refused 'no time in any row' 'no event was loaded: the column TIME=last has no readable time' \
    DATA="$log" KEY=last TIME=last VALUE='took & spent'
refused 'columns of nothing' 'KEY, TIME and VALUE name columns of DATA=FILE, and there is no DATA' KEY=user TIME=ts
refused 'a gap that is no number' "GAP: expected seconds, a whole number from 0 to 999999999, found '30m'" \
    DATA="$log" KEY=last TIME=day GAP=30m
refused 'MONTH_FIRST' "MONTH_FIRST: expected 0 or 1, found 'yes'" DATA="$log" KEY=last TIME=day MONTH_FIRST=yes
refused 'not built' 'demo: expected ' BUILD="$TMPDIR/nothing"
