# shellcheck shell=sh disable=SC2154 # the caller's variables
# The journal in PostgreSQL: what each run of a process was to do, does and did, and who may run. An entry goes from
# planned to running to ok, error or skipped. Every statement may be repeated: where PostgreSQL does not answer it is, for
# JOURNAL_WAIT_SECONDS. Read after settings.sh; the caller sets $scratch, $run and $owner.

# pg [NAME=VALUE...] <STATEMENTS: rows as lines, columns with tabs between them. A failure's message is in $scratch/error.
pg() {
    cat >"$scratch/journal.sql"
    set -- "process=$PROCESS_NAME" "run=$run" "owner=$owner" "journal=$JOURNAL_TABLE" "$@"
    pairs=$#
    while [ "$pairs" -gt 0 ]; do
        set -- "$@" -v "$1"
        shift
        pairs=$((pairs - 1))
    done
    pg_waited=0
    while :; do
        pg_status=0
        PGCONNECT_TIMEOUT=5 psql -X -q -At -F '	' -v ON_ERROR_STOP=1 "$@" -f "$scratch/journal.sql" "$PG_DSN" \
            >"$scratch/journal.out" 2>"$scratch/error" || pg_status=$?
        # 2: the connection was lost, or there was none.
        [ $pg_status -eq 2 ] && [ $pg_waited -lt "$JOURNAL_WAIT_SECONDS" ] || break
        sleep 1
        pg_waited=$((pg_waited + 1))
    done
    if [ $pg_status -ne 0 ]; then
        sed -i 's/^psql:[^ ]* //; s/^psql: error: //; s/^error: //' "$scratch/error"
        return 1
    fi
    cat "$scratch/journal.out"
}

# journal [NAME=VALUE...] <STATEMENTS: that must succeed.
journal() {
    pg "$@" || fail "the journal: $(head -n 2 "$scratch/error" | tr '\n' ' ' | sed 's/ *$//')"
}

journal_schema() {
    # Of two that make it at once, one waits.
    journal "index=$(echo "$JOURNAL_TABLE" | tr . _)_active" <<'END' >/dev/null
BEGIN;
SELECT pg_advisory_xact_lock(hashtextextended(:'journal', 0));
SET LOCAL client_min_messages = warning;
CREATE TABLE IF NOT EXISTS :journal (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    process       text NOT NULL,
    run           text NOT NULL,
    state         text NOT NULL CHECK (state IN ('planned', 'running', 'ok', 'error', 'skipped')),
    interval_from timestamptz,
    interval_to   timestamptz,
    watermark     timestamptz,
    planned_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at    timestamptz,
    heartbeat_at  timestamptz,
    finished_at   timestamptz,
    owner         text,
    error         text,
    details       jsonb NOT NULL DEFAULT '{}',
    UNIQUE (process, run)
);
CREATE UNIQUE INDEX IF NOT EXISTS :index ON :journal (process) WHERE state IN ('planned', 'running');
COMMIT;
END
}

# ---- one active run ----

# A session of its own holds the lock and writes the heartbeat, for as long as this process lives.
journal_hold() {
    : >"$scratch/lock"
    {
        echo "SELECT pg_try_advisory_lock(hashtextextended(:'process', 1));"
        n=0
        while kill -0 $$ 2>/dev/null; do
            [ $((n % JOURNAL_HEARTBEAT_SECONDS)) -ne 0 ] ||
                echo "UPDATE :journal SET heartbeat_at = clock_timestamp() WHERE process IN (:'process', :'process' || ':dedup') AND state = 'running' AND owner = :'owner';"
            n=$((n + 1))
            sleep 1
        done
    } 2>/dev/null | PGCONNECT_TIMEOUT=5 psql -X -q -At -v ON_ERROR_STOP=1 -v "process=$PROCESS_NAME" -v "owner=$owner" -v "journal=$JOURNAL_TABLE" \
        "$PG_DSN" >"$scratch/lock" 2>"$scratch/lock.error" &
    holder=$!
    while ! [ -s "$scratch/lock" ] && kill -0 $holder 2>/dev/null; do
        sleep 0.05
    done
    [ "$(head -n 1 "$scratch/lock")" = t ]
}

journal_release() {
    [ -z "$holder" ] || kill "$holder" 2>/dev/null || :
    holder=''
}

# Whether the process of an owner, `HOST PID`, ran on this machine and is no more.
owner_is_dead() {
    [ "${1% *}" = "${owner% *}" ] && ! kill -0 "${1#* }" 2>/dev/null
}

journal_active() {
    journal <<'END'
SELECT owner, run, state, round(extract(epoch FROM clock_timestamp() - coalesce(heartbeat_at, planned_at)))
FROM :journal WHERE process = :'process' AND state IN ('planned', 'running');
END
}

# The one who may run, or the end. The session of a run that has just ended, or was killed, lives a second longer.
journal_lock() {
    tries=0
    until journal_hold; do
        if [ -s "$scratch/lock" ]; then
            active=$(journal_active) || exit 1
            journal_release
            [ $tries -lt 5 ] && { [ -z "$active" ] || owner_is_dead "$(echo "$active" | cut -f 1)"; } ||
                fail "another run of $PROCESS_NAME is active: $(echo "$active" | awk -F '\t' '{ print "owner " $1 ", run " $2 ", " $3 ", heartbeat " $4 " s ago" }')"
        else
            [ $tries -lt "$JOURNAL_WAIT_SECONDS" ] || fail "the journal: $(head -n 1 "$scratch/lock.error")"
        fi
        tries=$((tries + 1))
        sleep 1
    done
}

# After a restart of PostgreSQL the session, and with it the lock, is to be had again, and the entry must still be this run's.
journal_check() {
    kill -0 "$holder" 2>/dev/null || journal_lock
    found=$(journal <<'END'
UPDATE :journal SET heartbeat_at = clock_timestamp()
WHERE process = :'process' AND run = :'run' AND state = 'running' RETURNING (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
END
    ) || exit 1
    [ -n "$found" ] || fail "the journal's entry of this run was closed by another: it stops"
    # The rows' ingested_at comes from this one clock, since those of two servers differ; and it never goes back.
    [ "$found" -gt "$journal_clock" ] || found=$((journal_clock + 1))
    journal_clock=$found
}

# Entries of runs that are no more, and old entries. The last watermark stays whatever its age.
journal_clean() {
    journal_active >"$scratch/active" || exit 1
    dead=''
    while IFS='	' read -r its_owner its_run _; do
        ! owner_is_dead "$its_owner" || dead=$its_run
    done <"$scratch/active"
    journal "dead=$dead" "planned_ttl=$JOURNAL_PLANNED_TTL_MINUTES minutes" "heartbeat_ttl=$JOURNAL_HEARTBEAT_TTL_SECONDS seconds" \
        "hard_ttl=$JOURNAL_HARD_TTL_HOURS hours" "retention=$JOURNAL_RETENTION_DAYS days" <<'END'
WITH stale AS (
    UPDATE :journal SET finished_at = clock_timestamp(),
        state = CASE state WHEN 'planned' THEN 'skipped' ELSE 'error' END,
        error = CASE
            WHEN run = :'dead' OR starts_with(run, :'dead' || '.') THEN 'its process is gone'
            WHEN state = 'planned' THEN 'planned for more than ' || :'planned_ttl'
            WHEN started_at < clock_timestamp() - :'hard_ttl'::interval THEN 'running for more than ' || :'hard_ttl'
            ELSE 'no heartbeat for more than ' || :'heartbeat_ttl' END
    WHERE process IN (:'process', :'process' || ':dedup') AND (
        state IN ('planned', 'running') AND :'dead' <> '' AND (run = :'dead' OR starts_with(run, :'dead' || '.'))
        OR state = 'planned' AND planned_at < clock_timestamp() - :'planned_ttl'::interval
        OR state = 'running' AND (heartbeat_at < clock_timestamp() - :'heartbeat_ttl'::interval
            OR started_at < clock_timestamp() - :'hard_ttl'::interval))
    RETURNING process, run, error)
SELECT 'closed the entry of run ' || run || ' of ' || process || ': ' || error FROM stale ORDER BY process, run;
DELETE FROM :journal AS j
WHERE process IN (:'process', :'process' || ':dedup') AND state NOT IN ('planned', 'running')
    AND planned_at < clock_timestamp() - :'retention'::interval
    AND NOT (watermark IS NOT NULL AND watermark = (SELECT max(watermark) FROM :journal AS k WHERE k.process = j.process));
END
    active=$(journal_active) || exit 1
    [ -z "$active" ] ||
        fail "another run of $PROCESS_NAME is active by the journal: $(echo "$active" | awk -F '\t' '{ print "owner " $1 ", run " $2 ", " $3 ", heartbeat " $4 " s ago" }')"
}

# ---- an entry ----

# journal_plan PROCESS RUN FROM_MS TO_MS
journal_plan() {
    journal "of=$1" "run=$2" "from=$3" "to=$4" <<'END'
INSERT INTO :journal (process, run, state, interval_from, interval_to, owner)
VALUES (:'of', :'run', 'planned', to_timestamp(:from / 1000.0), to_timestamp(:to / 1000.0), :'owner')
ON CONFLICT (process, run) DO NOTHING;
END
}

# journal_start PROCESS RUN
journal_start() {
    journal "of=$1" "run=$2" <<'END'
UPDATE :journal SET state = 'running', started_at = clock_timestamp(), heartbeat_at = clock_timestamp()
WHERE process = :'of' AND run = :'run' AND state = 'planned';
END
}

# journal_end PROCESS RUN STATE ERROR DETAILS_FILE
journal_end() {
    pg "of=$1" "run=$2" "state=$3" "error=$4" "file=$5" <<'END'
\set details `cat :'file'`
UPDATE :journal SET state = :'state', error = nullif(:'error', ''), details = :'details', finished_at = clock_timestamp()
WHERE process = :'of' AND run = :'run' AND state IN ('planned', 'running');
END
}

# journal_watermark MS: everything before it is published.
journal_watermark() {
    journal "at=$1" <<'END'
UPDATE :journal SET watermark = to_timestamp(:at / 1000.0) WHERE process = :'process' AND run = :'run' AND state = 'running';
END
}
