# shellcheck shell=sh
# A PostgreSQL of one's own, for the demo and the tests: in a folder, on 127.0.0.1, without a password. Read after server.sh, for its
# free_port.

postgres_programs=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | tail -n 1)

# PostgreSQL refuses to run as root; then it runs as the user of its package. The shell becomes the program.
become_postgres() {
    [ "$(id -u)" != 0 ] || set -- setpriv --reuid=postgres --regid=postgres --clear-groups --inh-caps=-all "$@"
    cd "$postgres_folder" && exec "$@"
}

# start_postgres: an empty server with a database `reference`. Its port is $postgres_port, its process $postgres_pid, its
# folder $postgres_folder.
start_postgres() {
    # Not below TMPDIR, where another user may not come.
    postgres_folder=$(mktemp -d /tmp/medallion-postgres.XXXXXX) && postgres_port=$(free_port) || return 1
    [ "$(id -u)" != 0 ] || chown postgres:postgres "$postgres_folder"
    (become_postgres "$postgres_programs/initdb" -D data -U medallion --auth=trust --no-sync -E UTF8 --locale=C.UTF-8) \
        >"$postgres_folder.log" 2>&1 || return 1
    run_postgres
    "$postgres_programs/createdb" -h 127.0.0.1 -p "$postgres_port" -U medallion reference
}

# run_postgres: starts the server of that folder, again after stop_postgres.
run_postgres() {
    (become_postgres "$postgres_programs/postgres" -D data -h 127.0.0.1 -p "$postgres_port" -k "$postgres_folder" -c fsync=off \
        -c shared_buffers=64MB) >>"$postgres_folder.log" 2>&1 &
    postgres_pid=$!
    postgres_tries=0
    until "$postgres_programs/pg_isready" -q -h 127.0.0.1 -p "$postgres_port"; do
        postgres_tries=$((postgres_tries + 1))
        if [ $postgres_tries -gt 300 ] || ! kill -0 "$postgres_pid" 2>/dev/null; then
            echo "PostgreSQL did not start: $(tail -n 3 "$postgres_folder.log")" >&2
            return 1
        fi
        sleep 0.1
    done
}

stop_postgres() {
    [ -z "${postgres_pid:-}" ] || { kill -INT "$postgres_pid" && wait "$postgres_pid"; } 2>/dev/null
    postgres_pid=
}

remove_postgres() {
    stop_postgres
    [ -z "${postgres_folder:-}" ] || rm -rf "$postgres_folder" "$postgres_folder.log"
}

# in_postgres FILE|-c SQL ...: psql's arguments, over the database of the reference tables.
in_postgres() {
    "$postgres_programs/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$postgres_port" -U medallion reference "$@"
}
