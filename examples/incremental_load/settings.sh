# shellcheck shell=sh disable=SC2034,SC2154 # the names are for the other files, $scratch and $settings from load
# The settings of `load`: their names, old names, values where the file has none, and what they must look like.
# Read after ../publish/settings.sh.

load_names='PROCESS_NAME PG_DSN JOURNAL_TABLE JOURNAL_RETENTION_DAYS JOURNAL_PLANNED_TTL_MINUTES JOURNAL_HEARTBEAT_SECONDS
JOURNAL_HEARTBEAT_TTL_SECONDS JOURNAL_HARD_TTL_HOURS JOURNAL_WAIT_SECONDS CH_HOSTS CH_USER CH_PASSWORD CH_CLUSTER
CH_RAW_TABLE CH_DEDUP_BUF_TABLE CH_CLEAN_TABLE CH_RAW_TTL_DAYS CH_CLEAN_TTL_DAYS CH_INSERT_BATCH CH_INSERT_MAX_RETRIES CH_PROBE_SECONDS
PHX_SOURCE PHX_TABLE MAIN_COLUMNS KEY_COLUMNS TIME_COLUMN BUSINESS_TZ STEP_MIN PHX_QUERY_SHIFT_MINUTES PHX_QUERY_OVERLAP_MINUTES
PHX_OVERLAP_ONLY_FIRST_SLICE PHX_QUERY_LAG_MINUTES PHX_INITIAL_SLICE_MIN PHX_OVERLOAD_MIN_SPLIT_MIN PHX_OVERLOAD_MAX_DEPTH
PHX_OVERLOAD_MAX_ATTEMPTS PHX_FETCHMANY_SIZE PHX_TCP_PROBE_TIMEOUT_MS WATERMARK_MAX_AGE_HOURS PUBLISH_EVERY_MINUTES
PUBLISH_EVERY_SLICES ALWAYS_PUBLISH_AT_END'

# OLD=NEW: the names in lower case, as the older configuration has them.
load_old_names='step_minutes=STEP_MIN query_shift_minutes=PHX_QUERY_SHIFT_MINUTES overlap_minutes=PHX_QUERY_OVERLAP_MINUTES
lag_minutes=PHX_QUERY_LAG_MINUTES insert_batch=CH_INSERT_BATCH hosts=CH_HOSTS publish_minutes=PUBLISH_EVERY_MINUTES
publish_slices=PUBLISH_EVERY_SLICES fetch_rows=PHX_FETCHMANY_SIZE slice_minutes=PHX_INITIAL_SLICE_MIN
min_split_minutes=PHX_OVERLOAD_MIN_SPLIT_MIN max_depth=PHX_OVERLOAD_MAX_DEPTH max_attempts=PHX_OVERLOAD_MAX_ATTEMPTS
probe_timeout_ms=PHX_TCP_PROBE_TIMEOUT_MS STEP_MINUTES=STEP_MIN HBASE_MAIN_TABLE=PHX_TABLE HBASE_MAIN_TS_COLUMN=TIME_COLUMN
CH_DEDUP_BUF=CH_DEDUP_BUF_TABLE PG_JOURNAL_TABLE=JOURNAL_TABLE'

load_defaults() {
    JOURNAL_TABLE=inc_processing JOURNAL_RETENTION_DAYS=90 JOURNAL_PLANNED_TTL_MINUTES=60 JOURNAL_HEARTBEAT_SECONDS=5
    JOURNAL_HEARTBEAT_TTL_SECONDS=120 JOURNAL_HARD_TTL_HOURS=24 JOURNAL_WAIT_SECONDS=60
    CH_USER=default CH_PASSWORD=${CH_PASSWORD:-} CH_RAW_TTL_DAYS=7 CH_CLEAN_TTL_DAYS=365 CH_INSERT_BATCH=100000 CH_INSERT_MAX_RETRIES=1
    CH_PROBE_SECONDS=5 BUSINESS_TZ=UTC
    PHX_QUERY_SHIFT_MINUTES=0 PHX_QUERY_OVERLAP_MINUTES=5 PHX_OVERLAP_ONLY_FIRST_SLICE=1 PHX_QUERY_LAG_MINUTES=5 PHX_INITIAL_SLICE_MIN=5
    PHX_OVERLOAD_MIN_SPLIT_MIN=1 PHX_OVERLOAD_MAX_DEPTH=6 PHX_OVERLOAD_MAX_ATTEMPTS=4 PHX_FETCHMANY_SIZE=5000 PHX_TCP_PROBE_TIMEOUT_MS=2000
    WATERMARK_MAX_AGE_HOURS=72 PUBLISH_EVERY_MINUTES=60 PUBLISH_EVERY_SLICES=0 ALWAYS_PUBLISH_AT_END=1
}

# must_be WHAT PATTERN NAME...: the values match the pattern whole; check_values looks at all of them at once.
must_be() {
    what=$1 pattern=$2
    shift 2
    for name in "$@"; do
        eval "printf '%s\t%s\t%s\t%s\n' \"\$what\" \"\$pattern\" \"\$name\" \"\$$name\"" >>"$scratch/values"
    done
}

check_values() {
    wrong=$(awk -F '\t' '$4 !~ ("^(" $2 ")$") { print $3 ": expected " $1 ", found \047" $4 "\047"; exit }' "$scratch/values")
    [ -z "$wrong" ] || fail "$settings: $wrong"
}

# split_list: a list with commas, those in brackets left alone, a line each.
split_list() {
    printf '%s\n' "$1" | awk '{
        for (i = 1; i <= length($0); i++) {
            c = substr($0, i, 1)
            if (c == "(") depth++
            if (c == ")") depth--
            if (c == "," && depth == 0) { print word; word = "" } else word = word c
        }
        print word }' | sed 's/^ *//; s/ *$//'
}

# The names of the columns, as a list of SQL.
names_of() {
    cut -d ' ' -f 1 "$scratch/columns" | paste -s -d , - | sed 's/,/, /g'
}

check_columns() {
    split_list "$MAIN_COLUMNS" >"$scratch/columns"
    wrong=$(grep -vxE '[a-z_][a-z0-9_]* .+' "$scratch/columns" | head -n 1)
    [ -z "$wrong" ] || fail "$settings: MAIN_COLUMNS: expected NAME TYPE, found '$wrong'"
    split_list "$KEY_COLUMNS" >"$scratch/keys"
    for name in $(cat "$scratch/keys") $TIME_COLUMN; do
        grep -q "^$name " "$scratch/columns" || fail "$settings: KEY_COLUMNS and TIME_COLUMN are of MAIN_COLUMNS, found '$name'"
    done
    columns=$(names_of)
    key_columns=$(paste -s -d , "$scratch/keys" | sed 's/,/, /g')
    # What is not of the key, as `argMax` takes it.
    rest=$(cut -d ' ' -f 1 "$scratch/columns" | grep -vxF -f "$scratch/keys" | paste -s -d , -)
    [ -n "$rest" ] || fail "$settings: MAIN_COLUMNS: expected a column beside the key, found '$MAIN_COLUMNS'"
}

load_settings() {
    load_defaults
    settings_read "$settings" "$(echo "$load_names" | tr '\n' ' ')" "$(echo "$load_old_names" | tr '\n' ' ')"
    settings_need PROCESS_NAME PG_DSN CH_HOSTS CH_CLUSTER CH_RAW_TABLE CH_DEDUP_BUF_TABLE CH_CLEAN_TABLE PHX_SOURCE PHX_TABLE MAIN_COLUMNS \
        KEY_COLUMNS TIME_COLUMN STEP_MIN
    must_be 'letters, digits and _' '[A-Za-z0-9_]+' PROCESS_NAME CH_CLUSTER
    must_be 'letters, digits, - and _' '[A-Za-z0-9_-]+' PHX_SOURCE
    must_be 'database.table' '[A-Za-z0-9_]+\.[A-Za-z0-9_]+' CH_RAW_TABLE CH_DEDUP_BUF_TABLE CH_CLEAN_TABLE
    must_be 'a table' '[A-Za-z0-9_.]+' JOURNAL_TABLE PHX_TABLE
    must_be 'a whole number above 0' '[1-9][0-9]*' STEP_MIN CH_INSERT_BATCH PHX_FETCHMANY_SIZE \
        PHX_OVERLOAD_MAX_ATTEMPTS PHX_TCP_PROBE_TIMEOUT_MS JOURNAL_RETENTION_DAYS JOURNAL_HEARTBEAT_SECONDS JOURNAL_HEARTBEAT_TTL_SECONDS \
        JOURNAL_HARD_TTL_HOURS JOURNAL_PLANNED_TTL_MINUTES WATERMARK_MAX_AGE_HOURS CH_PROBE_SECONDS
    # A DateTime ends in 2106: what would go then would be gone at once.
    must_be 'days, 1 to 9999' '[1-9][0-9]?[0-9]?[0-9]?' CH_RAW_TTL_DAYS CH_CLEAN_TTL_DAYS
    must_be 'a whole number' '[0-9]+' PHX_QUERY_OVERLAP_MINUTES PHX_QUERY_LAG_MINUTES CH_INSERT_MAX_RETRIES PHX_INITIAL_SLICE_MIN \
        PHX_OVERLOAD_MIN_SPLIT_MIN PHX_OVERLOAD_MAX_DEPTH PUBLISH_EVERY_MINUTES PUBLISH_EVERY_SLICES JOURNAL_WAIT_SECONDS
    must_be 'a whole number, with - or without' '-?[0-9]+' PHX_QUERY_SHIFT_MINUTES
    must_be '0 or 1' '[01]' PHX_OVERLAP_ONLY_FIRST_SLICE ALWAYS_PUBLISH_AT_END
    must_be 'a time zone' '[A-Za-z0-9_/+-]+' BUSINESS_TZ
    check_values
    [ "$JOURNAL_HEARTBEAT_TTL_SECONDS" -gt $((JOURNAL_HEARTBEAT_SECONDS * 2)) ] ||
        fail "$settings: JOURNAL_HEARTBEAT_TTL_SECONDS: expected more than twice JOURNAL_HEARTBEAT_SECONDS, found $JOURNAL_HEARTBEAT_TTL_SECONDS"
    check_columns
}
