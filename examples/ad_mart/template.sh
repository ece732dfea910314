# shellcheck shell=sh disable=SC2034,SC2154 # variables of the caller
# The templates of this folder: read after ../publish/client.sh by whoever runs their steps. The caller
# sets $here, this folder, and where it has them $description, a second description, and $only, the marts
# that there are.

fill_in() {
    awk -v mart="${template_mart:-}" -v only="${only:-}" -v folder="$here/" -f "$here/template.awk" \
        "$here/description" ${description:+"$description"} /dev/stdin
}

# of_mart MART COMMAND...: `step`, `script` or `fill_in` for one mart.
of_mart() {
    template_mart=$1
    shift
    of_mart_status=0
    "$@" || of_mart_status=$?
    template_mart=''
    return $of_mart_status
}

# print_views: the statements of views.sql, filled in.
print_views() {
    description=$here/views.description fill_in <"$here/views.sql"
}
