# shellcheck shell=sh disable=SC2154 # the caller's variables
# Fills the settings into the statements of the SQL files: {{name}} becomes a line of $scratch/words. Read after client.sh.

# The columns as phoenix_scan takes them. A type in which ClickHouse's cast would lose something goes with the name, so that
# phoenix_scan refuses what does not fit. A NULL of the key becomes an empty one.
typed_columns() {
    awk -v keys="$scratch/keys" '
        BEGIN { while ((getline name < keys) > 0) of_key[name] = 1 }
        {
            type = substr($0, length($1) + 2)
            gsub(/ /, "", type)
            if (sub(/^LowCardinality\(/, "", type)) sub(/\)$/, "", type)
            sub(/^DateTime64\(3,[^)]*/, "DateTime64(3", type)
            sub(/^Nullable\(DateTime64\(3,[^)]*/, "Nullable(DateTime64(3", type)
            known = type ~ /^(Nullable\()?(String|Bool|Float32|Float64|U?Int(8|16|32|64)|Decimal\([0-9]+,[0-9]+\)|DateTime64\(3\))\)?$/
            if (known && $1 in of_key && type !~ /^Nullable/) type = "Nullable(" type ")"
            print known ? $1 ":" type : $1
        }' "$scratch/columns" | paste -s -d , -
}

# scan_command COLUMNS: what is read from Phoenix, as a program's words. Names in lower case are those of Phoenix without quotes.
scan_command() {
    printf '%s' "phoenix_scan --source $PHX_SOURCE --table $PHX_TABLE --time $TIME_COLUMN --columns $1" \
        " --slice-minutes $PHX_INITIAL_SLICE_MIN --fetch-rows $PHX_FETCHMANY_SIZE --max-attempts $PHX_OVERLOAD_MAX_ATTEMPTS" \
        " --min-split-minutes $PHX_OVERLOAD_MIN_SPLIT_MIN --max-depth $PHX_OVERLOAD_MAX_DEPTH --probe-timeout-ms $PHX_TCP_PROBE_TIMEOUT_MS"
}

template_words() {
    n_rest=$(echo "$rest" | tr ',' '\n' | wc -l)
    {
        echo "raw $CH_RAW_TABLE"
        echo "clean $CH_CLEAN_TABLE"
        echo "buffer $CH_DEDUP_BUF_TABLE"
        echo "database ${CH_CLEAN_TABLE%%.*}"
        echo "raw_database ${CH_RAW_TABLE%%.*}"
        echo "raw_name ${CH_RAW_TABLE#*.}"
        echo "clean_database ${CH_CLEAN_TABLE%%.*}"
        echo "clean_name ${CH_CLEAN_TABLE#*.}"
        echo "cluster $CH_CLUSTER"
        echo "raw_days $CH_RAW_TTL_DAYS"
        echo "clean_days $CH_CLEAN_TTL_DAYS"
        echo "time $TIME_COLUMN"
        echo "key $key_columns"
        echo "columns $columns"
        echo "rest $(echo "$rest" | sed 's/,/, /g')"
        echo "latest $(seq -s ', ' "$n_rest" | sed 's/\([0-9][0-9]*\)/latest.\1/g')"
        echo "definitions $(paste -s -d '#' "$scratch/columns" | sed 's/#/, /g')"
        echo "structure $(paste -s -d '#' "$scratch/columns" | sed "s/#/, /g; s/'/\\\\'/g")"
        echo "source $PHX_SOURCE"
        echo "scan $(scan_command "$(typed_columns)")"
        echo "describe $(scan_command "$(echo "$columns" | tr -d ' ')") --describe"
        echo "run $run"
        echo "auto ${CH_CLEAN_TABLE%%.*}_auto"
        echo "process $PROCESS_NAME"
        echo "journal $JOURNAL_TABLE"
        echo "shift $PHX_QUERY_SHIFT_MINUTES"
        echo "overlap $PHX_QUERY_OVERLAP_MINUTES"
        echo "lag $PHX_QUERY_LAG_MINUTES"
    } >"$scratch/words"
}

fill_in() {
    awk -v words="$scratch/words" '
        BEGIN { while ((getline line < words) > 0) { name = line; sub(/ .*/, "", name); text[name] = substr(line, length(name) + 2) } }
        {
            out = ""
            while (match($0, /\{\{[a-z_]+\}\}/)) {
                name = substr($0, RSTART + 2, RLENGTH - 4)
                if (!(name in text)) { print "template: no word " name >"/dev/stderr"; exit 1 }
                out = out substr($0, 1, RSTART - 1) text[name]
                $0 = substr($0, RSTART + RLENGTH)
            }
            print out $0
        }'
}
