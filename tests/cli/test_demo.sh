#!/bin/sh
# examples/demo/demo.sh: a small log of one's own, and the calls that it refuses.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

engine=$BUILD/saltwell-local
if [ ! -x "$engine" ]; then
    not_ok demo "expected the engine's launcher at $engine, found none: build it first"
    exit 1
fi

# The demo writes into BUILD: give it one of its own that has the same parts.
mkdir "$TMPDIR/build"
for part in bin xml user_defined engine saltwell-local; do
    ln -s "$BUILD/$part" "$TMPDIR/build/$part"
done
unset DATA KEY TIME VALUE HOST

# demo NAME=VALUE...
demo() {
    run env BUILD="$TMPDIR/build" "$@" sh "$ROOT/examples/demo/demo.sh" </dev/null
}

# row FIRST_CELL: the cells of the first such row of the output's tables, one space between them.
row() {
    tr -s ' │' ' ' <"$TMPDIR/stdout" | sed 's/^ //; s/ $//' | grep -m 1 "^$1 "
}

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
check_contains 'shows its SQL' 'firstInPeriod(times, 1800, 0)' "$(cat "$TMPDIR/stdout")"

gzip -c "$TMPDIR/it's a log.csv" >"$TMPDIR/log.csv.gz"
demo DATA="$TMPDIR/log.csv.gz" KEY='last' TIME=day,clock VALUE='took & spent'
check_equal 'compressed: status' '0 ' "$status $stderr"
check_equal 'compressed: the key is the host' 'a 3 14.333333 22.233608' "$(row 'a 3 14.333333')"

# refused NAME MESSAGE NAME=VALUE...
refused() {
    name=$1
    message=$2
    shift 2
    demo "$@"
    check_equal "$name: status" 1 "$status"
    check_contains "$name: message" "$message" "$stderr"
}
log=$TMPDIR/log.csv.gz
refused 'no file' "demo: DATA: cannot read '$TMPDIR/none.csv'" \
    DATA="$TMPDIR/none.csv" KEY=last TIME=day VALUE=x
refused 'a folder' "demo: DATA: cannot read '$TMPDIR'" DATA="$TMPDIR" KEY=last TIME=day VALUE=x
refused 'no KEY' "needs the names of its columns: KEY=... TIME=... VALUE=..." \
    DATA="$log" TIME=day VALUE='took & spent'
refused 'wrong column' "expected a column 'user', found first name,last,day,clock,host|name,took & spent" \
    DATA="$log" KEY=last,user TIME=day VALUE='took & spent'
refused 'no time in any row' 'no event was loaded: the column TIME=last has no readable time' \
    DATA="$log" KEY=last TIME=last VALUE='took & spent'
: >"$TMPDIR/empty.csv"
refused 'an empty file' "demo: DATA: cannot read a header from '$TMPDIR/empty.csv'" \
    DATA="$TMPDIR/empty.csv" KEY=last TIME=day VALUE=x
cp "$log" "$TMPDIR/log{1}.csv"
refused 'a name that is a pattern' 'a name with * ? { or } cannot be read' \
    DATA="$TMPDIR/log{1}.csv" KEY=last TIME=day VALUE=x
refused 'not built' 'demo: expected ' BUILD="$TMPDIR/nothing"
