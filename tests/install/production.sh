# shellcheck shell=sh disable=SC2154
# A server laid out as a packaged one, with nothing of Saltwell on it; sourced after tests/server.sh.

# production [OPTION...]: starts it on $http in $server ($TMPDIR/server), etc/ and lib/ below it; the password of
# `default` is in $password_file, and $more_config is in its configuration. start_production does it again with what
# is there.
production() {
    need_engine production
    command -v curl >/dev/null || {
        skip production 'no curl'
        exit 0
    }
    trap end_server EXIT
    trap 'exit 129' HUP INT TERM
    server=${server:-$TMPDIR/server}
    etc=$server/etc lib=$server/lib
    mkdir -p "$etc" "$server/no-plugins"
    cat >"$etc/config.xml" <<END
<?xml version="1.0"?>
<clickhouse>
    <!-- <user_scripts_path>/not/this</user_scripts_path> -->
    <path>$lib/</path>
    <user_scripts_path>$lib/user_scripts/</user_scripts_path>
    <user_defined_executable_functions_config>*_function.*ml</user_defined_executable_functions_config>
    ${more_config:-}
</clickhouse>
END
    http=$(free_port) tcp=$(free_port)
    start_production "$@" || exit 1
}

# The launcher names its own plugin set to the engine, so the paths of the configuration have to be said again.
start_production() {
    start_server "$lib" "$http" "$tcp" --all-files --plugins "$server/no-plugins" --config-file "$etc/config.xml" "$@" \
        -- --user_scripts_path="$lib/user_scripts/" "--user_defined_executable_functions_config=$etc/*_function.*ml"
    # shellcheck disable=SC2034 # for the caller
    password_file=$lib/saltwell-password
}

stop_production() {
    kill "$server_pid"
    wait "$server_pid"
}

# on_server SQL: the answer, as the user default.
on_server() {
    curl -s -m 60 --user "default:$(cat "$password_file")" "http://127.0.0.1:$http/" --data-binary "$1"
}

# install [OPTION...]; its output in $TMPDIR/stdout, as after run.
install() {
    run "$ROOT/install/install.sh" --url "http://127.0.0.1:$http" --user default --password-file "$password_file" \
        --config "$etc/config.xml" "$@"
}

doctor() {
    run "$ROOT/install/doctor.sh" --url "http://127.0.0.1:$http" --user default --password-file "$password_file" "$@"
}

# later_version NAME FOLDER: the built version as one that comes after it, with a function of its own. The bytes of
# the version are as many.
later_version() {
    mkdir -p "$2"
    cp -r "$BUILD/saltwell-$(version)" "$2/saltwell-$1"
    LC_ALL=C sed -i "s/$(version | sed 's/\./\\./g')/$1/g" "$2/saltwell-$1"/*
    echo "CREATE FUNCTION ofLater AS x -> concat(saltwellVersion(), x)" >"$2/saltwell-$1/function_ofLater.sql"
}

version() {
    sed -n 's/^#define SALTWELL_VERSION "\(.*\)"/\1/p' "$ROOT/udf/common/version.h"
}

# Everything on the server that is not the engine's own.
left_behind() {
    (cd "$server" && find etc lib/user_scripts lib/user_defined \( -type f -o -type l \) 2>/dev/null | sort)
}
