# shellcheck shell=sh
# Settings from a file of lines NAME=VALUE, for scripts; a line that begins with # is a comment, and one pair
# of quotes around a value is taken off. The caller defines `fail MESSAGE`.

# settings_nearest NAME NAMES: the one of the names, separated by spaces, that differs least from NAME, where
# that is not much.
settings_nearest() {
    awk -v a="$1" -v names="$2" '
        function least(x, y) { return x < y ? x : y }
        function distance(a, b,   i, j, row, before, corner) {
            for (j = 0; j <= length(b); j++) row[j] = j
            for (i = 1; i <= length(a); i++) {
                corner = row[0]
                row[0] = i
                for (j = 1; j <= length(b); j++) {
                    before = row[j]
                    row[j] = least(least(row[j], row[j - 1]) + 1, corner + (substr(a, i, 1) != substr(b, j, 1)))
                    corner = before
                }
            }
            return row[length(b)]
        }
        BEGIN {
            best = length(a) / 2
            for (i = split(names, list, " "); i > 0; i--) {
                d = distance(toupper(a), list[i])
                if (d < best) { best = d; nearest = list[i] }
            }
            print nearest
        }'
}

# settings_unknown PLACE NAME NAMES OLD_NAMES: the error of a name that is not one of NAMES. OLD_NAMES are words
# OLD=NEW.
settings_unknown() {
    settings_new=$(printf '%s\n' "$4" | tr ' ' '\n' | sed -n "s/^$2=//p")
    [ -z "$settings_new" ] || fail "$1: '$2' is called $settings_new now"
    settings_new=$(settings_nearest "$2" "$3")
    fail "$1: unknown setting '$2'${settings_new:+; did you mean $settings_new?}"
}

# settings_read FILE NAMES [OLD_NAMES]: every setting of the file becomes the shell's variable of its name.
settings_read() {
    [ -r "$1" ] || fail "cannot read the settings: no file '$1'"
    settings_line=0
    while IFS= read -r settings_text || [ -n "$settings_text" ]; do
        settings_line=$((settings_line + 1))
        case $settings_text in '' | '#'*) continue ;; esac
        settings_name=${settings_text%%=*}
        case $settings_text in
        [A-Za-z_]*=*) ;;
        *) fail "$1:$settings_line: expected NAME=VALUE, found '$settings_text'" ;;
        esac
        case $settings_name in *[!A-Za-z0-9_]*) fail "$1:$settings_line: expected NAME=VALUE, found '$settings_text'" ;; esac
        case " $2 " in
        *" $settings_name "*) ;;
        *) settings_unknown "$1:$settings_line" "$settings_name" "$2" "${3:-}" ;;
        esac
        settings_value=${settings_text#*=}
        case $settings_value in
        \"*\" | \'*\')
            settings_value=${settings_value#?}
            settings_value=${settings_value%?}
            ;;
        esac
        eval "$settings_name=\$settings_value"
    done <"$1"
}

# settings_need NAME...: these must have a value.
settings_need() {
    for settings_name in "$@"; do
        eval "settings_value=\${$settings_name:-}"
        [ -n "$settings_value" ] || fail "the setting $settings_name is missing"
    done
}
