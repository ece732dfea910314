# shellcheck shell=sh disable=SC2154
# What is in the folder of a version, saltwell-VERSION; read by install.sh and doctor.sh.

# Of the versions in $user_scripts the folder of the one that the server's configuration in $functions names.
active_folder() {
    named=$(cat "$functions"/*_function.xml 2>/dev/null | sed -n 's|.*<command>\(saltwell-[^/]*\)/.*|\1|p' | sort -u | tail -n 1)
    [ -z "$named" ] || printf '%s\n' "$user_scripts/$named"
}

# Whether PATH is a program of Saltwell's, or a link to one.
is_ours() {
    case $(readlink "$1" 2>/dev/null) in
    saltwell-*/*) return 0 ;;
    esac
    [ -f "$1" ] && grep -qF '(Saltwell)' "$1"
}

programs() {
    for path in "$1"/*; do
        if [ -f "$path" ] && [ -x "$path" ]; then
            printf '%s\n' "${path##*/}"
        fi
    done
}

# The programs that queries call by name, in executable().
called_by_name() {
    for name in $(programs "$1"); do
        [ -e "$1/${name}_function.xml" ] || printf '%s\n' "$name"
    done
}

# The functions that the server runs programs for.
executable_functions() {
    awk -F '[<>]' '$2 == "name" { name = $3 } $2 == "command" { print name }' "$1"/*_function.xml
}

sql_functions() {
    for path in "$1"/function_*.sql; do
        name=${path##*/function_}
        printf '%s\n' "${name%.sql}"
    done
}

# The words of the arguments as a list of SQL's.
quoted() {
    # shellcheck disable=SC2048,SC2086 # each word is a name
    printf "'%s'\n" $* | paste -s -d , -
}

# The statements in FOLDER as a list of SQL's, as the server lays them out.
statements() {
    for path in "$1"/function_*.sql; do
        printf "formatQuerySingleLine('%s')\n" "$(sed "s/[\\\\']/\\\\&/g" "$path" | tr '\n' ' ')"
    done | paste -s -d , -
}

# other_sql_functions FOLDER: those that the server has not, or others of their names.
other_sql_functions() {
    ask "SELECT arrayJoin(arrayFilter(n -> NOT has(known, n), [$(quoted "$(sql_functions "$1")")])) FROM (SELECT groupArray(name) AS known
        FROM system.functions WHERE formatQuerySingleLine(if(create_query = '', 'SELECT 1', create_query)) IN ($(statements "$1")))"
}
