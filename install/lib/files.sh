# shellcheck shell=sh disable=SC2154
# Changing files that a server is using; read by install.sh. The caller sets
#   dry_run   not empty: say what would be done, and do nothing
#   owner     USER:GROUP, or empty for the caller's own
#   root      what stands before every folder, for packages

n_changes=0

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

# change WHAT COMMAND...: one change, said after it is done.
change() {
    n_changes=$((n_changes + 1))
    what=$1
    shift
    if [ -n "$dry_run" ]; then
        echo "would $what"
        return
    fi
    "$@" || fail "could not $what"
    echo "$what"
}

give_to_owner() {
    [ -z "$owner" ] || chown -h "$owner" "$1"
}

# is_so PATH MODE: whether it has this mode, and this owner, as a number or a name.
is_so() {
    case "$(stat -c '%a %u:%g %U:%G' "$1") " in
    "$2 $owner "* | "$2 "*" $owner ") ;;
    "$2 "*) [ -z "$owner" ] ;;
    *) return 1 ;;
    esac
}

make_one_folder() {
    mkdir "$1" && chmod 755 "$1" && give_to_owner "$1"
}

# make_folder PATH: with those above it.
make_folder() {
    [ ! -d "$1" ] || return 0
    make_folder "$(dirname "$1")"
    change "make $1" make_one_folder "$1"
}

# A server may be running the file or reading it: it is written beside its place and renamed.
place() {
    aside=${3%/*}/.${3##*/}.new
    cp "$2" "$aside" && chmod "$1" "$aside" && give_to_owner "$aside" && mv -f "$aside" "$3"
}

# put MODE FROM TO: nothing where TO is so already.
put() {
    if [ -f "$3" ] && [ ! -L "$3" ] && cmp -s "$2" "$3" && is_so "$3" "$1"; then
        return
    fi
    change "put $3" place "$@"
}

place_link() {
    aside=${2%/*}/.${2##*/}.new
    ln -sf "$1" "$aside" && give_to_owner "$aside" && mv -f "$aside" "$2"
}

# put_link TARGET TO
put_link() {
    [ "$(readlink "$2" 2>/dev/null)" = "$1" ] || change "link $2 to $1" place_link "$@"
}

# drop PATH
drop() {
    if [ -e "$1" ] || [ -L "$1" ]; then
        change "remove $1" rm -rf "$1"
    fi
}
