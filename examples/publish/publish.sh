# shellcheck shell=sh disable=SC2154 # the caller's variables
# Publishes tables so that no reader sees half of a change and no killed process leaves half of one;
# README.md has the promises and an example. Read after client.sh. The caller sets
#   marts    the database of the published tables, the manifest, the plan and the lock
#   program  a word for the ids of its queries
#   published_as   the column of the manifest that says what was published; 'date Date' where it is not set
# and defines `fail MESSAGE`, which ends the program with a message and status 1. Then, in this order:
#   publish_lock, publish_begin, publish_clone, publish_replace ..., publish_commit, and at the end
#   publish_end, also as a trap.
publish_process=$(date -u +%Y%m%d_%H%M%S)_$$
publish_host=$(uname -n)
# shellcheck disable=SC2034 # read by client.sh
query_tag=$program-$publish_process
publish_n_runs=0 publish_run='' publish_locked=0 publish_decided=0
published_as=${published_as:-date Date}

# must QUERY [NAME=VALUE...]: a query that must succeed.
must() {
    sql "$@" || fail "$(last_error)"
}

# The manifest and the plan, where they are not there yet.
publish_schema() {
    must "CREATE DATABASE IF NOT EXISTS $marts"
    # One line per date and run. A date counts as published from its line with 'success' on.
    must "CREATE TABLE IF NOT EXISTS $marts.manifest ($published_as, status LowCardinality(String), duration_sec Float64,
            error String, processed_at DateTime('Europe/Moscow'), output String, run String)
        ENGINE = MergeTree ORDER BY (${published_as%% *}, processed_at)"
    # What a run decided to publish, when all of it lay ready, and a second line when it was done.
    must "CREATE TABLE IF NOT EXISTS $marts.publications (run String, step LowCardinality(String), dates Array(${published_as#* }),
            tables Array(String), uuids Array(UUID), seconds Float64, at DateTime64(6, 'UTC') DEFAULT now64(6))
        ENGINE = MergeTree ORDER BY (at, run) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
}

# ---- the lock ----
# One process publishes at a time. The lock is a table, since creating one succeeds for exactly one of
# two; its comment says who holds it.

publish_lock_owner() {
    sql "SELECT comment FROM system.tables WHERE database = '$marts' AND name = 'publish_lock'"
}

publish_holds_lock() {
    case $(publish_lock_owner) in "run=$publish_process "*) ;; *) fail 'lost the lock to another run' ;; esac
}

# Whether the owner ran on this machine and is no more.
publish_owner_is_dead() {
    owner_host=$(echo "$1" | sed 's/.* host=\([^ ]*\) .*/\1/')
    owner_pid=$(echo "$1" | sed 's/.* pid=\([0-9]*\) .*/\1/')
    [ "$owner_host" = "$publish_host" ] && ! kill -0 "$owner_pid" 2>/dev/null
}

publish_create_lock() {
    sql "CREATE TABLE $marts.publish_lock (held UInt8) ENGINE = Memory
        COMMENT 'run=$publish_process host=$publish_host pid=$$ since=$(date -u +%Y-%m-%dT%H:%M:%SZ)'" >/dev/null
}

# publish_lock [BREAK]: takes the lock, from a dead owner too, or with 1 from any; then finishes or
# clears away what earlier processes left.
publish_lock() {
    if ! publish_create_lock; then
        owner=$(publish_lock_owner) || fail "$(last_error)"
        [ -n "$owner" ] || fail "cannot take the lock: $(last_error)"
        [ "${1:-0}" -eq 1 ] || publish_owner_is_dead "$owner" ||
            fail "another run holds the lock ($owner); wait for it, or use --break-lock if it is dead"
        echo "taking the lock from a run that is gone ($owner)"
        # Renaming to the owner's name succeeds for one of several that try.
        owner_run=$(echo "$owner" | sed 's/run=\([^ ]*\) .*/\1/')
        { sql "RENAME TABLE $marts.publish_lock TO $marts.broken_lock_$owner_run" >/dev/null && publish_create_lock; } ||
            fail "another run was faster to take the lock: $(last_error)"
    fi
    publish_locked=1
    # What the server is still at for a run whose lock was broken would come too late, or in between.
    must "KILL QUERY WHERE arrayExists(run -> position(query_id, concat('-', run, '-')) > 0,
        (SELECT groupArray(substring(name, length('broken_lock_') + 1)) FROM system.tables
            WHERE database = '$marts' AND startsWith(name, 'broken_lock_'))) SYNC FORMAT Null"
    publish_recover
}

# ---- a publication ----

# A database of the run's own, to which names without one belong from here on.
publish_begin() {
    publish_n_runs=$((publish_n_runs + 1))
    publish_run=${publish_process}_$publish_n_runs
    publish_began=$(date +%s)
    must "CREATE DATABASE ${marts}_run_$publish_run"
    database=${marts}_run_$publish_run
}

# publish_clone TABLE: next_TABLE in the run's database, the published rows as hard links. Whatever is
# done to it until publish_commit is what readers will see.
publish_clone() {
    must "CREATE TABLE next_$1 CLONE AS $marts.$1"
}

# publish_replace TABLE CONDITION FROM: in next_TABLE the rows of FROM, a table of the same structure, take
# the place of those of which the condition is true: whole partitions where it is true of all their
# rows, else these rows alone.
publish_replace() {
    partitions=$(must "SELECT _partition_id, countIf(NOT ($2)) = 0 FROM next_$1
        WHERE _partition_id IN (SELECT DISTINCT _partition_id FROM next_$1 WHERE $2) GROUP BY 1") || exit 1
    for partition in $(echo "$partitions" | awk '$2 == 1 { print $1 }'); do
        must "ALTER TABLE next_$1 DROP PARTITION ID '$partition'"
    done
    case "$partitions" in
    *'	0'*) must "DELETE FROM next_$1 WHERE $2" set:lightweight_deletes_sync=2 ;;
    esac
    partitions=$(must "SELECT DISTINCT _partition_id FROM $3") || exit 1
    for partition in $partitions; do
        must "ALTER TABLE next_$1 ATTACH PARTITION ID '$partition' FROM $3"
    done
}

# The arguments as one query parameter, in which a line ends with the two signs that ClickHouse reads as a line's end.
publish_lines() {
    [ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/\\/\\\\/g' | awk '{ printf "%s%s", (NR > 1 ? "\\n" : ""), $0 }'
}

# publish_commit DATE...: from the plan's line on the publication is decided, and whoever comes next
# completes it.
publish_commit() {
    published=$(publish_lines "$@")
    publish_holds_lock
    # Also when no answer comes back.
    publish_decided=1
    must "INSERT INTO $marts.publications (run, step, dates, tables, uuids, seconds)
        SELECT '$publish_run', 'publish', arrayFilter(line -> line != '', splitByChar('\n', {published:String})), groupArray(substring(name, 6)), groupArray(uuid),
            $(($(date +%s) - publish_began))
        FROM system.tables WHERE database = '$database' AND name LIKE 'next\\_%'" "published=$published"
    publish_finish "$publish_run"
    publish_decided=0
}

# publish_finish RUN: every table of a decided run into its place. A table that is there has the uuid that
# the plan names, so that this may be repeated.
publish_finish() {
    tables=$(must "SELECT table FROM $marts.publications ARRAY JOIN tables AS table, uuids AS planned
        WHERE run = '$1' AND step = 'publish'
          AND (table, planned) NOT IN (SELECT name, uuid FROM system.tables WHERE database = '$marts')") || exit 1
    for table in $tables; do
        publish_holds_lock
        must "EXCHANGE TABLES $marts.$table AND ${marts}_run_$1.next_$table"
    done
    must "INSERT INTO $marts.manifest
        SELECT arrayJoin(dates), 'success', seconds, '', now(), arrayStringConcat(arrayMap(t -> '$marts.' || t, tables), ' '), run
        FROM $marts.publications
        WHERE run = '$1' AND step = 'publish' AND run NOT IN (SELECT run FROM $marts.manifest WHERE status = 'success')"
    must "INSERT INTO $marts.publications (run, step) VALUES ('$1', 'done')"
    database=default
    # The old tables are in it now. Queries that still read them are not waited for.
    must "DROP DATABASE IF EXISTS ${marts}_run_$1"
}

# Finishes what dead runs had decided, the oldest first; clears away what they had not.
publish_recover() {
    unfinished=$(must "SELECT run FROM $marts.publications GROUP BY run HAVING countIf(step = 'done') = 0 ORDER BY min(at)") || exit 1
    for dead_run in $unfinished; do
        echo "finishing the publication of run $dead_run"
        publish_decided=1
        publish_finish "$dead_run"
        publish_decided=0
    done
    left=$(must "SELECT concat('DATABASE ', name) FROM system.databases WHERE name LIKE '${marts}\\_run\\_%'
        UNION ALL SELECT concat('TABLE ', database, '.', name) FROM system.tables WHERE database = '$marts'
            AND name LIKE 'broken\\_lock\\_%' AND metadata_modification_time < now() - INTERVAL 1 DAY") || exit 1
    echo "$left" | while read -r kind name; do
        [ -z "$name" ] || must "DROP $kind $name SYNC"
    done
}

# publish_failed ERROR DATE...: the manifest's lines of a run that changed nothing.
publish_failed() {
    error=$1
    shift
    [ $# -eq 0 ] || sql "INSERT INTO $marts.manifest
        SELECT arrayJoin(splitByChar('\n', {published:String})), 'failed', $(($(date +%s) - ${publish_began:-$(date +%s)})), {error:String}, now(), '', '$publish_run'" \
        "published=$(publish_lines "$@")" "error=$error" >/dev/null || true
}

# What a process that ends early leaves: nothing before the plan's line, the plan after it.
publish_end() {
    trap '' HUP INT TERM
    database=default
    if [ "$publish_locked" -eq 1 ]; then
        [ "$publish_decided" -eq 1 ] || [ -z "$publish_run" ] ||
            sql "DROP DATABASE IF EXISTS ${marts}_run_$publish_run SYNC" >/dev/null || true
        case $(publish_lock_owner) in
        "run=$publish_process "*) sql "DROP TABLE IF EXISTS $marts.publish_lock SYNC" >/dev/null || true ;;
        esac
    fi
}
