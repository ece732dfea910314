#!/bin/sh
# The page that the demo draws, as a browser without a network shows it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/cli/demo.sh
. "$(dirname "$0")/demo.sh"
demo_init
cd "$TMPDIR" || exit 1

# Two periods of the key with markup in it, one of each of forty others; gaps of 60, 600 and 82 800 s.
{
    echo 'user,ts'
    for ts in '2026-03-02 10:00:00' '2026-03-02 10:01:00' '2026-03-02 10:11:00' '2026-03-03 09:11:00'; do
        echo "\"<script>&'x</script>, whose name is long\",$ts"
    done
    i=10
    while [ $i -lt 50 ]; do
        echo "other$i,2026-03-04 0$((i % 10)):00:00"
        i=$((i + 1))
    done
} >'a <b> & c.csv'
demo DATA='a <b> & c.csv' KEY=user TIME=ts GAP=3600
page=$TMPDIR/build/demo/report.html
check_equal 'status' '0 ' "$status $stderr"
check_contains 'the demo names the page' "  $page" "$(cat stdout)"
check_equal 'reads nothing else' '' "$(grep -iE 'https?:|src=|href=|url\(|@import' "$page")"

if ! command -v chromium >/dev/null; then
    skip 'the page in a browser' 'chromium is not installed'
    exit 0
fi
browse "$page"
check_equal 'browser: status' 0 "$status"

# shows NAME FRAGMENT
shows() {
    check_contains "shows $1" "$2" "$(cat stdout)"
}
shows 'the file' '<h1>a &lt;b&gt; &amp; c.csv</h1>'
shows 'the gap that was chosen' 'A new period begins after more than 1 h of silence.'
shows 'events' '<dt>events</dt><dd>44</dd>'
shows 'keys' '<dt>keys</dt><dd>41</dd>'
shows 'periods' '<dt>periods</dt><dd>42</dd>'
shows 'the longest' '<dt>longest</dt><dd>11 min</dd>'
shows 'the busiest key, escaped' "&lt;script&gt;&amp;'x&lt;/script…<title>&lt;script&gt;&amp;'x&lt;/script&gt;, whose name is long</title>"
shows 'a period' '<title>2026-03-02 10:00:00 to 2026-03-02 10:11:00, 3 events</title>'
shows 'a period of one' '<title>2026-03-03 09:11:00 to 2026-03-03 09:11:00, 1 event</title>'
shows 'gaps that begin a period' 'begin a period: 1 '
shows 'gaps within one' 'within one: 2<'
shows 'a gap' '<title>10 min: 1</title>'
shows 'the gap marked' '>the gap: 1 h</text>'
shows 'lengths' '<title>11 min: 1</title>'
shows 'lengths of nothing' '<title>0 s: 41</title>'
shows 'a bar cut off has its number' '>41</text>'
shows 'periods of a day' '<title>2026-03-04: 40</title>'
check_equal 'rows of the time line' 15 "$(grep -c 'class="name" x="0"' stdout)"
check_equal 'no number that is none' '' "$(grep -E '"(-?nan|-?inf)"|="-' stdout)"
