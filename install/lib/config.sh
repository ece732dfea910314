# shellcheck shell=sh disable=SC2154
# Where a server keeps what; read by install.sh. What options gave stays; the rest comes from the server's
# configuration: as the server itself has put it together, or its files.

# config_files: the files, in the order in which they count.
config_files() {
    if [ -n "$config" ]; then
        [ -r "$config" ] || fail "cannot read the server's configuration $config"
    else
        for config in "$root/var/lib/clickhouse/preprocessed_configs/config.xml" "$root/etc/clickhouse-server/config.xml"; do
            [ ! -r "$config" ] || break
        done
        [ -r "$config" ] || return 0
    fi
    printf '%s\n' "$config"
    grep -q 'Files used to generate this file' "$config" ||
        for part in "$(dirname "$config")"/config.d/*.xml "$(dirname "$config")"/conf.d/*.xml; do
            [ ! -r "$part" ] || printf '%s\n' "$part"
        done
}

# config_value KEY: of the element KEY below the root of the documents; nothing where none has it.
config_value() {
    printf '%s\n' "$config_list" | while IFS= read -r file; do
        element_text "$1" <"$file"
    done | tail -n 1
}

# element_text KEY: the texts of the elements <KEY> just below the root of the XML on standard input.
element_text() {
    awk -v key="$1" '
    { text = text $0 "\n" }
    END {
        while (start = index(text, "<!--")) {
            rest = substr(text, start + 4)
            text = substr(text, 1, start - 1) substr(rest, index(rest, "-->") + 3)
        }
        while (match(text, /<[^>]*>/)) {
            content = substr(text, 1, RSTART - 1)
            tag = substr(text, RSTART + 1, RLENGTH - 2)
            text = substr(text, RSTART + RLENGTH)
            if (tag ~ /^[?!]/ || tag ~ /\/$/)
                continue
            if (tag !~ /^\//) {
                name = tag
                sub(/[ \t\n].*/, "", name)
                names[++depth] = name
                continue
            }
            if (depth == 2 && names[2] == key) {
                gsub(/^[ \t\n]+|[ \t\n]+$/, "", content)
                print content
            }
            depth--
        }
    }'
}

# The folder that relative patterns begin in: that of the server's own file, which a file that the server
# has put together names first.
config_folder() {
    made_of=$(sed -n '/Files used to generate this file/{n;s/^ *\([^ ]*\).*/\1/p;}' "$config" | head -n 1)
    dirname "${made_of:-${config#"$root"}}"
}

# functions_folder: of the pattern in the configuration. Our files are called NAME_function.xml.
functions_folder() {
    pattern=$(config_value user_defined_executable_functions_config)
    [ -n "$pattern" ] || fail "expected user_defined_executable_functions_config in $config, found none:" \
        "add <user_defined_executable_functions_config>*_function.*ml</user_defined_executable_functions_config>, or name a folder with --functions"
    case $pattern in
    /*) ;;
    *) pattern=$(config_folder)/$pattern ;;
    esac
    folder=$(dirname "$pattern")
    # shellcheck disable=SC2254 # it is a pattern
    case $folder/periods_function.xml in
    $pattern) printf '%s\n' "$folder" ;;
    *) fail "expected a pattern that NAME_function.xml fits in $config, found $pattern: name a folder with --functions" ;;
    esac
}

# find_folders: sets $user_scripts, $functions and $user_defined, each with $root before it, and $owner.
find_folders() {
    if [ -z "$user_scripts" ] || [ -z "$functions" ]; then
        config_list=$(config_files) || exit 1
        [ -n "$config_list" ] || fail "expected a server's configuration at /var/lib/clickhouse/preprocessed_configs/config.xml" \
            "or /etc/clickhouse-server/config.xml, found none: name it with --config, or the folders with --user-scripts and --functions"
        config=$(printf '%s\n' "$config_list" | head -n 1)
        data=$(config_value path)
        data=${data:-/var/lib/clickhouse}
        [ -n "$user_scripts" ] || user_scripts=$(config_value user_scripts_path)
        [ -n "$user_defined" ] || user_defined=$(config_value user_defined_path)
        [ -n "$functions" ] || functions=$(functions_folder) || exit 1
    fi
    user_scripts=${user_scripts:-${data%/}/user_scripts}
    user_defined=${user_defined:-$(dirname "${user_scripts%/}")/user_defined}
    for folder in "$user_scripts" "$functions" "$user_defined"; do
        case $folder in
        /*) ;;
        *) fail "expected a folder from the root on, found $folder" ;;
        esac
    done
    user_scripts=$root${user_scripts%/} functions=$root${functions%/} user_defined=$root${user_defined%/}
    find_owner
}

# The server's user: who owns the folder of its programs, or the nearest folder above it that is there.
find_owner() {
    [ -z "$owner" ] && [ "$(id -u)" = 0 ] || return 0
    folder=$user_scripts
    until [ -d "$folder" ]; do
        folder=$(dirname "$folder")
    done
    owner=$(stat -c '%u:%g' "$folder")
}
