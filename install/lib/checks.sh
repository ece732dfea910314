# shellcheck shell=sh disable=SC2154
# The doctor's checks, one function and one line of the report each; read by doctor.sh.

# What clients ask for: none over HTTP; clickhouse-connect, and dbt through it; then where the format that the
# programs are given changes: block information, serialisations.
protocol_revisions='0 54405 54454 54479'

again='install/install.sh puts this version on the server again'

check_server() {
    server=$(ask 'SELECT version()') || {
        report fail server "$(last_error)" 'the address in --url, the user and the password, and that the server runs'
        return 1
    }
    number=$(echo "$server" | awk -F . '{ print $1 * 100 + $2 }')
    if [ "$number" -lt 2408 ]; then
        report fail server "ClickHouse $server" 'a server from 24.8 on, the oldest that Saltwell is tested on'
    elif [ "$number" -lt 2602 ]; then
        report ok server "ClickHouse $server: no casts of arguments, no system.user_defined_functions"
    elif [ "$number" -lt 2607 ]; then
        report ok server "ClickHouse $server: no casts of arguments"
    else
        report ok server "ClickHouse $server"
    fi
}

# Whether the server can say how the functions are configured.
has_table() {
    [ "$number" -ge 2602 ]
}

# is_told CHECK WHAT: the same; a check that cannot be made is reported so.
is_told() {
    has_table && return
    report skip "$1" "a server before 26.2 $2"
    return 1
}

# ask_list SQL: the rows of the answer as words; the error where there is none.
ask_list() {
    if answer=$(ask "$1"); then
        printf '%s' "$answer" | tr '\t\n' '  '
    else
        last_error
    fi
}

check_loaded() {
    programs_names=$(quoted "$(executable_functions "$from")") sql_names=$(quoted "$(sql_functions "$from")")
    missing=$(ask_list "SELECT arrayJoin(arrayFilter(n -> NOT has(known, n), arrayConcat(
            arrayMap(n -> ('ExecutableUserDefined', n), [$programs_names]), arrayMap(n -> ('SQLUserDefined', n), [$sql_names])))).2
        FROM (SELECT groupArray((toString(origin), name)) AS known FROM system.functions)")
    failed=
    # A function that a reload could not load stays as it was before, with the message: until the next start.
    ! has_table ||
        failed=$(ask_list "SELECT name, loading_error_message FROM system.user_defined_functions WHERE loading_error_message != '' AND name IN ($programs_names)")
    if [ -n "$failed" ]; then
        report fail functions "the server could not load: $failed" 'what the message says, then SYSTEM RELOAD FUNCTIONS'
    elif [ -n "$missing" ]; then
        report fail functions "the server does not know: $missing" "$again; user_defined_executable_functions_config of the server must find its files"
    else
        report ok functions "$(executable_functions "$from" | wc -l) of programs and $(sql_functions "$from" | wc -l) of SQL, all loaded"
    fi
}

check_names() {
    names=$programs_names,$sql_names
    shadowed=$(ask_list "SELECT DISTINCT name FROM system.functions WHERE origin = 'System'
        AND (name IN ($names) OR case_insensitive AND lower(name) IN (SELECT lower(arrayJoin([$names]))))")
    doubled=$(ask_list "SELECT name FROM system.functions WHERE name IN ($names) GROUP BY name HAVING count() > 1")
    if [ -n "$shadowed" ]; then
        report fail names "the server has functions of its own called $shadowed" 'a version of Saltwell with other names'
    elif [ -n "$doubled" ]; then
        report fail names "two functions have the name: $doubled" 'DROP FUNCTION for those of SQL, or another name in their XML'
    else
        report ok names 'none is taken by another function'
    fi
}

# The commands that the functions run, without the names of the functions: from the server, or as installed.
function_commands() {
    if has_table; then
        ask "SELECT DISTINCT splitByChar(' ', command)[1] AS program FROM system.user_defined_functions WHERE name IN ($programs_names) ORDER BY program"
    else
        for name in $(programs "$from"); do
            [ ! -e "$from/${name}_function.xml" ] || printf 'saltwell-%s/%s\n' "$version" "$name"
        done
    fi
}

# versions_of COMMAND...: what the programs say of themselves, through the server.
versions_of() {
    questions=
    for command; do
        questions="$questions${questions:+ UNION ALL }SELECT '$command' AS command, line
            FROM executable('$command --version', TSVRaw, 'line String', SETTINGS stderr_reaction = 'throw')"
    done
    ask "SELECT command, line FROM ($questions) WHERE NOT endsWith(line, ' (Saltwell) $version') ORDER BY command" || last_error
}

other_versions() {
    commands=$(function_commands)
    for command in $commands; do
        case $command in
        saltwell-"$version"/*) ;;
        saltwell-*) echo "the configuration names $command" ;;
        esac
    done
    # shellcheck disable=SC2046,SC2086 # each command is a word
    versions_of $commands $(called_by_name "$from")
    others=$(other_sql_functions "$from") || last_error
    [ -z "$others" ] || echo "other SQL functions: $others"
}

check_versions() {
    others=$(other_versions | tr '\t\n' ' ,')
    if [ -n "$others" ]; then
        report fail versions "expected $version everywhere, found: ${others%,}" "$again"
    else
        report ok versions "$version: programs, their configuration, SQL functions"
    fi
}

# right_answers REVISION: how many of the answers are the known ones. All questions in one, which is quick, but
# an error in one of them hides the others.
right_answers() {
    ask "$(awk -F '\t' '
        !/^#/ { printf "%sSELECT toString(answer) = \047%s\047 AS is_right FROM (%s)", n++ ? " UNION ALL " : "SELECT sum(is_right) FROM (", $3, $2 }
        END { print ")" }' "$from/selftest.tsv")" "set:client_protocol_version=$1"
}

# wrong_answers REVISION: the functions whose answer is not the known one.
wrong_answers() {
    tab=$(printf '\t')
    grep -v '^#' "$from/selftest.tsv" | while IFS=$tab read -r name question expected; do
        found=$(ask "$question" "set:client_protocol_version=$1") || found=$(last_error)
        [ "$found" = "$expected" ] || echo "$name: expected $expected, found $found,"
    done
}

check_answers() {
    n=$(grep -vc '^#' "$from/selftest.tsv")
    for revision in $protocol_revisions; do
        [ "$(right_answers "$revision")" != "$n" ] || continue
        wrong=$(wrong_answers "$revision")
        report fail answers "to clients of protocol version $revision: ${wrong%,}" \
            "what the message says; for a table function GRANT CREATE TEMPORARY TABLE ON *.*; else $again"
        return
    done
    report ok answers "$n functions, right for clients of protocol versions $protocol_revisions"
}

check_settings() {
    wrong=$(ask_list "SELECT name FROM system.settings WHERE value NOT IN ('0', 'false')
        AND name IN ('output_format_native_encode_types_in_binary_format', 'input_format_native_decode_types_in_binary_format')")
    if [ -n "$wrong" ]; then
        report fail settings "set: $wrong" 'SETTINGS profile of this user: these at 0, for the server applies them to what it sends to programs'
    else
        report ok settings 'types are sent to programs as text'
    fi
}

check_timeouts() {
    is_told timeouts 'does not say them' || return 0
    short=$(ask_list "SELECT name FROM system.user_defined_functions WHERE name IN ($programs_names)
        AND (command_read_timeout < 60000 OR command_write_timeout < 60000 OR max_command_execution_time < 60)")
    if [ -n "$short" ]; then
        report fail timeouts "less than a minute for $short" "$again"
    else
        report ok timeouts 'a minute and more'
    fi
}

# A query has a process of a function for each of its threads.
check_pools() {
    is_told pools 'does not say their sizes' || return 0
    threads=$(ask "SELECT toUInt64(getSetting('max_threads'))") || threads=0
    size=$(ask "SELECT min(if(pool_size = 0, 1000000, pool_size)) FROM system.user_defined_functions WHERE name IN ($programs_names)") || size=0
    if [ "$size" -lt "$threads" ]; then
        report warn pools "$size processes for a function, and queries of $threads threads, which wait for one another" "max_threads = $size for queries that call the functions"
    else
        report ok pools "$size processes for a function, queries of $threads threads"
    fi
}

check_sandbox() {
    program=$(function_commands | head -n 1)
    found=$(ask "SELECT line FROM executable('$program --check-sandbox', TSVRaw, 'line String', SETTINGS stderr_reaction = 'throw', check_exit_code = 1)") ||
        found=$(last_error)
    case $found in
    *': the sandbox holds') report ok sandbox 'a forbidden system call ends the process' ;;
    *) report fail sandbox "$found" 'a kernel with seccomp, and a container profile that leaves it, as the default one of Docker' ;;
    esac
}

# The server's limit does not count its programs. 8 GiB is a process's own limit.
check_memory() {
    limit=$(ask "SELECT toUInt64OrZero(value) FROM system.server_settings WHERE name = 'max_server_memory_usage'") || limit=
    ratio=$(ask "SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage_to_ram_ratio'") || ratio=
    total=$(ask "SELECT toUInt64(value) FROM system.asynchronous_metrics WHERE metric IN ('CGroupMemoryTotal', 'OSMemoryTotal') AND value > 0 ORDER BY value LIMIT 1") || total=
    if [ -z "$total" ] && [ -n "$limit" ] && [ -n "$ratio" ]; then
        total=$(awk -v limit="$limit" -v ratio="$ratio" 'BEGIN { if (ratio > 0) printf "%.0f", limit / ratio }')
    fi
    if [ -z "$limit" ] || [ "${total:-0}" = 0 ]; then
        report skip memory 'the server does not say how much there is'
        return
    fi
    [ "$limit" != 0 ] || limit=$total
    left=$(awk -v total="$total" -v limit="$limit" 'BEGIN { printf "%.1f", (total - limit) / 1073741824 }')
    if [ "${left%.*}" -lt 8 ]; then
        report warn memory "$left GiB beside the server's own limit, and a process may take 8" 'a lower max_server_memory_usage, or --max-memory in the command of the functions'
    else
        report ok memory "$left GiB beside the server's own limit, and a process may take 8"
    fi
}

# What a replica has, its own tables say; what the programs there answer, a row of its own does.
check_replicas() {
    if [ -z "$cluster" ]; then
        report skip replicas 'no cluster was named with --cluster'
        return
    fi
    other=$(ask "SELECT hostName(), tcpPort(), extract(any(create_query), '\\'([0-9.]+)\\'') AS v FROM clusterAllReplicas({cluster:String}, system.functions)
        WHERE name = 'saltwellVersion' GROUP BY 1, 2 HAVING v != {version:String}" "cluster=$cluster" "version=$version") || other=$(last_error)
    n=$(ask "SELECT count() FROM clusterAllReplicas({cluster:String}, system.one)" "cluster=$cluster") || n=0
    with=$(ask "SELECT count() FROM clusterAllReplicas({cluster:String}, system.functions) WHERE name = 'saltwellVersion'" "cluster=$cluster") || with=0
    right=$(ask "SELECT sum(periodNumbers([toInt64(dummy), 100], 10, 0) = [1, 2]) FROM clusterAllReplicas({cluster:String}, system.one)" "cluster=$cluster") ||
        right=$(last_error)
    if [ -n "$other" ] || [ "$n" != "$with" ] || [ "$n" != "$right" ]; then
        report fail replicas "expected $version on $n, found it on $with; right answers: $right; others: ${other:-none}" 'install/install.sh on every node'
    else
        report ok replicas "$version on all $n"
    fi
}
