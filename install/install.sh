#!/bin/sh
# Puts Saltwell on a running ClickHouse server, changes its version, takes it off. docs/install.md is the guide.
#
# A version is a folder, saltwell-VERSION: the programs, the configuration of their functions, the SQL
# functions, the doctor's questions. To install is to put that folder into user_scripts and to make it the
# active one; older ones stay, for the processes and queries that still use them and for --rollback.
set -eu

usage() {
    cat <<'END'
usage: install/install.sh [OPTION...]              install, or change to this version
       install/install.sh --rollback [OPTION...]   go back to the version that was active before
       install/install.sh --uninstall [OPTION...]  take everything off
  --url URL             the server (http://127.0.0.1:8123)
  --user NAME           and the password in --password-file FILE, or in CLICKHOUSE_USER and CLICKHOUSE_PASSWORD
  --cluster NAME        the SQL functions ON CLUSTER NAME; the doctor asks all its replicas
  --offline             the server does not run: files only, the SQL functions too
  --dry-run             say what would be done, and do nothing
  --no-doctor           do not look whether it works
  --config FILE         the server's configuration, which says where these are:
  --user-scripts DIR    user_scripts_path
  --functions DIR       where user_defined_executable_functions_config looks
  --user-defined DIR    user_defined_path, for --offline
  --owner USER:GROUP    of the files (as user_scripts, where root runs this)
  --from DIR            the folder saltwell-VERSION to install
  --root DIR            before every folder, for packages
END
}

wrong_usage() {
    echo "install.sh: $1" >&2
    usage >&2
    exit 2
}

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=install/lib/server.sh
. "$here/lib/server.sh"
# shellcheck source=install/lib/files.sh
. "$here/lib/files.sh"
# shellcheck source=install/lib/config.sh
. "$here/lib/config.sh"
# shellcheck source=install/lib/version.sh
. "$here/lib/version.sh"

url=http://127.0.0.1:8123 user=${CLICKHOUSE_USER:-} password=${CLICKHOUSE_PASSWORD:-} cluster='' from=''
task=install offline='' dry_run='' doctor=yes root=''
config='' user_scripts='' functions='' user_defined='' owner=''

while [ $# -gt 0 ]; do
    case $1 in
    --help) usage && exit ;;
    --rollback) task=rollback && shift && continue ;;
    --uninstall) task=uninstall && shift && continue ;;
    --offline) offline=yes && shift && continue ;;
    --dry-run) dry_run=yes && shift && continue ;;
    --no-doctor) doctor='' && shift && continue ;;
    esac
    [ $# -gt 1 ] || wrong_usage "expected an option and its value, found '$1'"
    case $1 in
    --config) config=$2 ;;
    --user-scripts) user_scripts=$2 ;;
    --functions) functions=$2 ;;
    --user-defined) user_defined=$2 ;;
    --owner) owner=$2 ;;
    --root) root=${2%/} ;;
    *) server_option "$1" "$2" || wrong_usage "unknown option '$1'" ;;
    esac
    shift 2
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 129' HUP INT TERM

# What stands where ours is to be, and is not ours, is nobody's to replace.
check_places() {
    for name in $(called_by_name "$1"); do
        if [ -e "$user_scripts/$name" ] && ! is_ours "$user_scripts/$name"; then
            fail "expected no $user_scripts/$name, or Saltwell's, found another program: rename it"
        fi
    done
    for path in "$1"/*_function.xml; do
        place=$functions/${path##*/}
        if [ -e "$place" ] && ! grep -qF 'from the function table of udf/' "$place"; then
            fail "expected no $place, or Saltwell's, found another file: rename it"
        fi
    done
}

check_server() {
    ask 'SELECT 1' >/dev/null || fail "$(last_error)"
    found=$(ask "SELECT value FROM system.server_settings WHERE name = 'user_scripts_path'") || found=
    if [ -n "$config" ] && [ -n "$found" ] && [ "$root${found%/}" != "$user_scripts" ]; then
        fail "expected at $url the server of $config, whose user_scripts_path is $user_scripts, found one with $found"
    fi
    names=$(quoted "$(executable_functions "$1")" "$(sql_functions "$1")")
    taken=$(ask "SELECT name FROM system.functions WHERE origin = 'System' AND name IN ($names)") || fail "$(last_error)"
    [ -z "$taken" ] || fail "this server has functions of its own called" "$taken"
    # Only servers from 26.2 on can say it.
    commands=$(quoted "$(programs "$1")")
    taken=$(ask "SELECT name, 'runs', command FROM system.user_defined_functions WHERE name IN ($names)
        AND NOT startsWith(command, 'saltwell-') AND splitByChar(' ', command)[1] NOT IN ($commands)") || taken=
    [ -z "$taken" ] || fail "there are other functions with the names of Saltwell's, rename them:" "$taken"
}

put_version() {
    make_folder "$user_scripts/$version"
    for path in "$1"/*; do
        case ${path##*/} in previous) continue ;; esac
        mode=644
        [ ! -x "$path" ] || mode=755
        put $mode "$path" "$user_scripts/$version/${path##*/}"
    done
}

put_functions() {
    make_folder "$functions"
    for path in "$1"/*_function.xml; do
        put 644 "$path" "$functions/${path##*/}"
    done
}

# Queries call some programs by name, whatever the version. An installation of 0.1.0 had all of them there.
put_links() {
    for name in $(programs "$1"); do
        if [ ! -e "$1/${name}_function.xml" ] || is_ours "$user_scripts/$name"; then
            put_link "$version/$name" "$user_scripts/$name"
        fi
    done
}

# The SQL functions, through the server: it keeps them in user_defined_path or in Keeper, and need not start
# anew. With user_defined_zookeeper_path it refuses ON CLUSTER, for all replicas have them anyway.
# define BEFORE AFTER: the statement is what is before ON CLUSTER and what is after it.
define() {
    ask "$1$on_cluster$2" >/dev/null && return
    case $on_cluster$(last_error) in
    ?*'replicated automatically'*) on_cluster='' ;;
    *) return 1 ;;
    esac
    ask "$1$2" >/dev/null
}

# create_function FILE NAME: the file has CREATE FUNCTION name AS ...
create_function() {
    define "CREATE OR REPLACE FUNCTION $2" "$(sed '1s/^CREATE FUNCTION [^ ]*//' "$1")" || fail "SQL function $2: $(last_error)"
}

put_sql() {
    if [ -n "$offline" ]; then
        make_folder "$user_defined"
        for name in $(sql_functions "$1"); do
            put 644 "$1/function_$name.sql" "$user_defined/function_$name.sql"
        done
        return
    fi
    others=$(other_sql_functions "$1") || fail "$(last_error)"
    for name in $others; do
        change "create SQL function $name" create_function "$1/function_$name.sql" "$name"
    done
}

drop_function() {
    define "DROP FUNCTION IF EXISTS $1" '' || fail "SQL function $1: $(last_error)"
}

drop_sql_function() {
    if [ -n "$offline" ]; then
        drop "$user_defined/function_$1.sql"
    elif [ "$(ask 'SELECT count() FROM system.functions WHERE name = {name:String}' "name=$1")" != 0 ]; then
        change "drop SQL function $1" drop_function "$1"
    fi
}

# drop_rest OLD [NEW]: takes off what the version in the folder OLD has and the one in NEW has not.
drop_rest() {
    new=${2:-$scratch}
    for name in $(sql_functions "$1"); do
        [ -e "$new/function_$name.sql" ] || drop_sql_function "$name"
    done
    for path in "$1"/*_function.xml; do
        [ -e "$new/${path##*/}" ] || drop "$functions/${path##*/}"
    done
    for name in $(programs "$1"); do
        if [ ! -e "$new/$name" ] && is_ours "$user_scripts/$name"; then
            drop "$user_scripts/$name"
        fi
    done
}

# One function of somebody else's that is broken fails the statement, though ours load: the doctor says.
reload() {
    ask 'SYSTEM RELOAD FUNCTIONS' >/dev/null || echo "the server could not load all functions: $(last_error)"
}

# reload_after N: where there were more changes than those N.
reload_after() {
    if [ -z "$offline" ] && [ "$n_changes" -gt "$1" ]; then
        change 'reload the functions' reload
    fi
}

remember_previous() {
    printf '%s\n' "${active##*/}" >"$scratch/previous"
    put 644 "$scratch/previous" "$user_scripts/$version/previous"
}

# activate FOLDER: makes the version there the active one. The programs are there first, and what only the
# earlier version has goes last: at no moment does a function name what is not there.
activate() {
    before=$n_changes
    put_functions "$1"
    put_links "$1"
    reload_after "$before"
    put_sql "$1"
    if [ -n "$active" ] && [ "${active##*/}" != "$version" ]; then
        before=$n_changes
        drop_rest "$active" "$1"
        reload_after "$before"
    fi
}

install() {
    [ -d "$from" ] || find_payload "$here" || fail "expected a folder saltwell-VERSION beside this script, found none: name it with --from, or build it with make"
    [ -e "$from/selftest.tsv" ] || fail "expected a folder saltwell-VERSION, found $from"
    from=$(cd "$from" && pwd)
    version=${from##*/}
    check_places "$from"
    [ -n "$offline" ] || check_server "$from"
    before=$n_changes
    put_version "$from"
    [ -z "$active" ] || [ "${active##*/}" = "$version" ] || remember_previous
    # A program that was built anew under its version's name: the processes of the old one end.
    [ "${active##*/}" != "$version" ] || reload_after "$before"
    activate "$from"
}

rollback() {
    [ -n "$active" ] || fail "expected an installed version in $functions, found none"
    [ -e "$active/previous" ] || fail "expected a version that was active before ${active##*/}, found none"
    version=$(cat "$active/previous")
    from=$user_scripts/$version
    [ -e "$from/selftest.tsv" ] || fail "expected the version before ${active##*/} in $from, found none"
    activate "$from"
}

uninstall() {
    before=$n_changes
    for folder in "$user_scripts"/saltwell-*/; do
        [ ! -e "$folder/selftest.tsv" ] || drop_rest "${folder%/}"
    done
    reload_after "$before"
    for folder in "$user_scripts"/saltwell-*/; do
        [ ! -e "$folder/selftest.tsv" ] || drop "${folder%/}"
    done
}

examine() {
    [ -n "$doctor" ] && [ -z "$offline" ] && [ -z "$dry_run" ] || return 0
    CLICKHOUSE_USER=$user CLICKHOUSE_PASSWORD=$password "$here/doctor.sh" --url "$url" --from "$from" ${cluster:+--cluster "$cluster"} ||
        fail "$version is installed, but something is not as it should be; --rollback goes back to the version before"
}

find_folders
on_cluster=${cluster:+" ON CLUSTER \`$cluster\`"}
active=$(active_folder)
$task
[ "$n_changes" -gt 0 ] || echo "nothing to change: ${version:-no version} is installed"
[ "$task" = uninstall ] || examine
