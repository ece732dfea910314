# shellcheck shell=sh
# A PostgreSQL of one's own, on 127.0.0.1 and without a password; read by demos and tests after server.sh, for its free_port.

postgres_programs=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -n 1)
postgres_folder=

# start_postgres USER DATABASE: an empty server. Its port is $postgres_port, its folder $postgres_folder, the database's address
# for psql $postgres_dsn.
start_postgres() {
    # Not below TMPDIR, where another user may not come.
    postgres_folder=$(mktemp -d /tmp/saltwell_postgres.XXXXXX) && postgres_port=$(free_port) || return 1
    [ "$(id -u)" != 0 ] || chown postgres "$postgres_folder"
    postgres_dsn=postgresql://$1@127.0.0.1:$postgres_port/$2
    if ! as_postgres initdb -D "$postgres_folder/data" -U "$1" --auth=trust --no-sync -E UTF8 --locale=C.UTF-8 >/dev/null 2>&1 ||
        ! postgres start || ! { [ "$2" = postgres ] || as_postgres createdb -h 127.0.0.1 -p "$postgres_port" -U "$1" "$2"; }; then
        echo "PostgreSQL did not start: $(tail -n 3 "$postgres_folder/log")" >&2
        return 1
    fi
}

# as_postgres PROGRAM [ARGUMENT...]: PostgreSQL refuses to run as root; then it runs as the user of its package.
as_postgres() (
    program=$postgres_programs/$1
    shift
    set -- "$program" "$@"
    [ "$(id -u)" != 0 ] || set -- setpriv --reuid=postgres --regid=postgres --clear-groups --inh-caps=-all "$@"
    cd / && "$@"
)

# postgres start|stop|restart [OPTION...]
postgres() {
    as_postgres pg_ctl -D "$postgres_folder/data" -w -t 60 -l "$postgres_folder/log" \
        -o "-p $postgres_port -h 127.0.0.1 -k $postgres_folder -c fsync=off -c shared_buffers=64MB" "$@" >/dev/null 2>&1 </dev/null
}

remove_postgres() {
    [ -n "$postgres_folder" ] || return 0
    postgres stop -m immediate || :
    rm -rf "$postgres_folder"
}

# ask_postgres FILE|-c SQL...: psql's arguments; values are separated by spaces.
ask_postgres() {
    "$postgres_programs/psql" -X -q -At -F ' ' -v ON_ERROR_STOP=1 "$postgres_dsn" "$@"
}
