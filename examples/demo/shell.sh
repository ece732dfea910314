#!/bin/sh
# ClickHouse's own prompt on the demo's data, after a list of what is there. `make shell` builds what
# it needs and calls it.
set -eu

BUILD=${BUILD:-build}
saltwell="$BUILD/saltwell-local"
store="$BUILD/demo"

sql() {
    "$saltwell" --path "$store" --database demo --format TSVRaw --query "$1"
}

# paragraph TEXT: at 80 columns, indented.
paragraph() {
    echo "$1" | fold -s -w 76 | sed 's/^/  /; s/ $//'
}

if [ ! -e "$store/metadata/demo/events.sql" ]; then
    echo "shell: expected the demo's data in $store, found none: run make demo" >&2
    exit 1
fi
about=$(sql "
    SELECT formatReadableQuantity(count()) FROM events;
    SELECT arrayStringConcat(groupArray(name), ' ')
    FROM (SELECT name FROM system.functions WHERE origin = 'ExecutableUserDefined' ORDER BY name);
    SELECT arrayStringConcat(groupArray(name), ' ')
    FROM (SELECT name FROM system.functions WHERE origin = 'SQLUserDefined' ORDER BY name)")
rows=$(echo "$about" | sed -n 1p)

cat <<TEXT

ClickHouse's prompt on the demo's data: the table events (user, ts, host, value)
with $rows rows. Saltwell's functions:
$(paragraph "$(echo "$about" | sed -n 2p)")
in SQL:
$(paragraph "$(echo "$about" | sed -n 3p)")

Try:
  SELECT user, length(periods(xxh3(user), groupArray(ts), 1800, 0)) AS n
  FROM events GROUP BY user ORDER BY n DESC LIMIT 5;

Tab completes, the arrow keys and Ctrl-R bring back earlier queries, Ctrl-D
leaves. README.md says what the functions do.

TEXT
exec "$saltwell" --path "$store" --database demo
