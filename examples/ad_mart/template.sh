# shellcheck shell=sh disable=SC2034,SC2154 # variables of the caller
# The templates of this folder: read after ../publish/client.sh by whoever runs their steps. The caller
# sets $here, this folder, and where it has one $description, a second description.

# of_mart MART COMMAND...: `step` or `script` for one mart.
of_mart() {
    template_mart=$1
    shift
    of_mart_status=0
    "$@" || of_mart_status=$?
    template_mart=''
    return $of_mart_status
}

fill_in() {
    awk -v mart="${template_mart:-}" -f "$here/template.awk" "$here/description" ${description:+"$description"} /dev/stdin
}

# The differences between the marts and the raw rows, a line each; none where they are right.
differences() {
    for checked in $(marts_of entity); do
        of_mart "$checked" step "$here/check.sql" entity || return 1
    done
    step "$here/check.sql" daily
}

# The marts that the description names, of them those in $only where that is set; with `entity` those that
# have periods.
marts_of() {
    awk -v entity="${1:-}" -v only=",${only:-}," '
        $1 == "mart" && !(entity && /,/) && (only == ",," || index(only, "," $2 ",")) { print $2 }' "$here/description"
}

table_of() {
    awk -v name="$1" '$1 == "mart" && $2 == name { print $3 }' "$here/description"
}

# print_views [SCHEDULE]: the statements of views.sql, filled in.
print_views() {
    description=$here/views.description
    rm -f "$scratch"/view.*
    # The query of a step begins with its SELECT; a statement ends with a semicolon at the end of a line.
    awk -v folder="$here/" -v schedule="${1:-EVERY 1 DAY OFFSET 3 HOUR}" -v base="$scratch/view." '
        { gsub(/\{schedule\}/, schedule) }
        /^<</ {
            file = substr($1, 3)
            step = substr($2, 1, index($2, ">>") - 1)
            inside = 0
            while ((getline line <(folder file)) > 0) {
                if (line ~ /^-- step: /)
                    inside = line == "-- step: " step ? 1 : 0
                if (inside && line ~ /^SELECT/)
                    inside = 2
                if (inside == 2)
                    query = query line "\n"
            }
            close(folder file)
            sub(/\n*$/, "", query)
            $0 = query ";"
            query = ""
        }
        { print > (base sprintf("%03d", n)) }
        /;$/ { n++ }' "$here/views.sql"
    for view in "$scratch"/view.*; do
        case $(grep '^-- for each ' "$view") in
        *mart) each_mart=$(marts_of) ;;
        *entity) each_mart=$(marts_of entity) ;;
        *grain) each_mart=daily ;;
        *) each_mart='' ;;
        esac
        for mart in ${each_mart:-none}; do
            [ "$mart" != none ] || mart=''
            of_mart "$mart" fill_in <"$view" | grep -v '^-- for each '
        done
    done
}
