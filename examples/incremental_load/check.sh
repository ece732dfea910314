# shellcheck shell=sh disable=SC2034,SC2154 # the caller's variables
# load --check: the settings against the tables on every server, and against Phoenix. Each line is `ok WHAT` or `WRONG WHAT`.

report() {
    echo "$*"
    [ "$1" != WRONG ] || echo "$*" >>"$scratch/wrong"
}

# same WHAT EXPECTED FOUND
same() {
    if [ "$2" = "$3" ]; then
        report ok "$1"
    else
        report WRONG "$1: expected $2, found ${3:-none}"
    fi
}

expected_columns() {
    cat "$scratch/columns"
    echo "ingested_at DateTime64(3, 'UTC')"
}

check_table() {
    found=$(must "SELECT concat(name, ' ', type) FROM system.columns WHERE database = '${1%%.*}' AND table = '${1#*.}' ORDER BY position FORMAT TSVRaw") || exit 1
    if [ -z "$found" ]; then
        report WRONG "$2 $1: the table is missing: load schema creates it"
        return
    fi
    # As ClickHouse writes a type, whatever its spaces.
    same "$2 $1: columns" "$(expected_columns | tr -d ' ' | paste -s -d ' ' -)" "$(echo "$found" | tr -d ' ' | paste -s -d ' ' -)"
    engine=$(must "SELECT engine, partition_key, sorting_key FROM system.tables WHERE database = '${1%%.*}' AND name = '${1#*.}' FORMAT TSVRaw") || exit 1
    case $1 in
    *_all) same "$2 $1: engine" Distributed "$(echo "$engine" | cut -f 1)" ;;
    *) same "$2 $1: partitions and order" "toYYYYMMDD($TIME_COLUMN) by $key_columns" "$(echo "$engine" | cut -f 2) by $(echo "$engine" | cut -f 3)" ;;
    esac
}

check_server() {
    if ! host_answers "$1"; then
        report WRONG "$1: does not answer"
        return
    fi
    report ok "$1: answers"
    url=$(host_url "$1")
    for table in "$CH_RAW_TABLE" "${CH_RAW_TABLE}_all" "$CH_DEDUP_BUF_TABLE" "$CH_CLEAN_TABLE" "${CH_CLEAN_TABLE}_all"; do
        check_table "$table" "$1:"
    done
    if step "$here/load.sql" describe >"$scratch/described"; then
        check_phoenix "$1"
    else
        report WRONG "$1: Phoenix: $(last_error)"
    fi
}

# Phoenix's column must fit into the table's; a key is never NULL.
check_phoenix() {
    while read -r name type; do
        line=$(grep -i "^$name	" "$scratch/described" || :)
        phoenix_type=$(echo "$line" | cut -f 2) read_as=$(echo "$line" | cut -f 3)
        bare=$(echo "$type" | tr -d ' ' | sed "s/,'[^']*')/)/; s/^LowCardinality(\(.*\))$/\1/; s/^Nullable(\(.*\))$/\1/")
        read_bare=$(echo "$read_as" | tr -d ' ' | sed 's/^Nullable(\(.*\))$/\1/')
        case $read_as:$type in
        Nullable*:*Nullable*) null='' ;;
        Nullable*) null=' and may be NULL' ;;
        *) null='' ;;
        esac
        if grep -qxF "$name" "$scratch/keys"; then null=''; fi
        same "$1: Phoenix: $name" "$bare" "$read_bare${null:+$null}"
        : "$phoenix_type"
    done <"$scratch/columns"
}

do_check() {
    : >"$scratch/wrong"
    report ok "$settings: $(grep -c '^[A-Za-z]' "$settings") settings"
    if echo 'SELECT 1' | pg >/dev/null; then
        journal_schema
        report ok "the journal $JOURNAL_TABLE"
    else
        report WRONG "the journal: $(head -n 1 "$scratch/error")"
    fi
    for host in $(hosts); do
        check_server "$host"
    done
    [ ! -s "$scratch/wrong" ] || exit 1
}
