# shellcheck shell=sh disable=SC2034,SC2154 # the caller's variables
# Publishes on every shard what is new in RAW: into the buffer, into a clone of CLEAN, in its place. A key is on one shard,
# so that each does it by itself. Read by `load`, after ../publish/publish.sh.

# A shard is a server that knows itself in the cluster and has CLEAN; all shards of the cluster have to answer.
find_shards() {
    shards=''
    for candidate in $(hosts); do
        host_answers "$candidate" || continue
        url=$(host_url "$candidate")
        found=$(must "SELECT uniqExact(shard_num), max(is_local) AND (SELECT count() FROM system.tables WHERE database = '$marts' AND name = '$clean')
            FROM system.clusters WHERE cluster = '$CH_CLUSTER'") || exit 1
        expected=${found%	*}
        [ "${found#*	}" -eq 0 ] || shards="$shards $candidate"
    done
    [ -n "$shards" ] || fail "no server of CH_HOSTS=$CH_HOSTS that answers is of the cluster $CH_CLUSTER and has the table $CH_CLEAN_TABLE: load schema creates it"
    found=$(echo "$shards" | wc -w)
    [ "$found" -eq "$expected" ] || fail "the cluster $CH_CLUSTER has $expected shards, and$shards of CH_HOSTS=$CH_HOSTS answer as such"
}

# on_shard HOST COMMAND...: with publish.sh's state of its own; what failed is for the caller to say.
on_shard() (
    url=$(host_url "$1") shard=$1
    shift
    # shellcheck disable=SC2317 # publish.sh calls it
    fail() {
        echo "$shard: $*" >"$scratch/failed"
        exit 1
    }
    trap publish_end EXIT
    trap 'exit 1' HUP INT TERM
    "$@"
)

recover_shard() {
    publish_schema
    publish_lock >/dev/null
}

recover_shards() {
    for shard in $shards; do
        on_shard "$shard" recover_shard || fail "$(cat "$scratch/failed")"
    done
}

publish_shard() {
    publish_lock >/dev/null
    touched=$(step "$here/load.sql" touched) || fail "$(last_error)"
    began=$(now_ms)
    if [ -n "$touched" ]; then
        must "TRUNCATE TABLE $CH_DEDUP_BUF_TABLE SYNC"
        for partition in $touched; do
            step "$here/load.sql" dedup "partition=$partition" || fail "$(last_error)"
        done
        rows=$(must "SELECT count() FROM $CH_DEDUP_BUF_TABLE") || exit 1
        dedup_ms=$(($(now_ms) - began))
        publish_begin
        publish_clone "$clean"
        publish_replace "$clean" "_partition_id IN ('$(echo $touched | sed "s/ /','/g")')" "$CH_DEDUP_BUF_TABLE"
        # shellcheck disable=SC2046 # a word each
        publish_commit $(printf '%s\n' $touched | sed 's/\(....\)\(..\)\(..\)/\1-\2-\3/')
        must "TRUNCATE TABLE $CH_DEDUP_BUF_TABLE SYNC"
        printf '{"shard":"%s","partitions":["%s"],"rows":%s,"dedup_ms":%s,"publish_ms":%s}\n' "$shard" "$(echo $touched | sed 's/ /","/g')" \
            "$rows" "$dedup_ms" $(($(now_ms) - began - dedup_ms)) >>"$scratch/shards"
    fi
}

# publish_until MS: everything that is loaded, which is all before that time; from then on the watermark says so.
publish_until() {
    journal_check
    # A number of its own for each, since on_shard forgets what it counted.
    publish_n_runs=$((publish_n_runs + 1))
    journal_plan "$PROCESS_NAME:dedup" "$run.$publish_n_runs" "$from_ms" "$1"
    publication_open=1
    journal_start "$PROCESS_NAME:dedup" "$run.$publish_n_runs"
    publication_began=$(now_ms)
    : >"$scratch/shards"
    for shard in $shards; do
        on_shard "$shard" publish_shard || fail "$(cat "$scratch/failed")"
    done
    [ "$moves" -eq 0 ] || journal_watermark "$1"
    printf '{"until":%s,"ms":%s,"shards":[%s]}\n' "$1" $(($(now_ms) - publication_began)) "$(paste -s -d , "$scratch/shards")" >"$scratch/publication"
    journal_end "$PROCESS_NAME:dedup" "$run.$publish_n_runs" ok '' "$scratch/publication" || fail "the journal: $(head -n 1 "$scratch/error")"
    publication_open=0
    cat "$scratch/publication" >>"$scratch/publications"
    say "published: $(sed -n 's/.*"partitions":\[\([^]]*\)\],"rows":\([0-9]*\).*/\2 rows of \1/p' "$scratch/shards" | tr -d '"' | paste -s -d ';' -)"
}
