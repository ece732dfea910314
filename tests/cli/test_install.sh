#!/bin/sh
# make install and uninstall under a DESTDIR, and the caller's compiler flags.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

cd "$ROOT" || exit 1
staged=$TMPDIR/staged

make_quietly() {
    run make --no-print-directory BUILD="$BUILD" CHECK_CFLAGS=-Werror "$@"
}

make_quietly install DESTDIR="$staged"
check_equal 'install: exit status' 0 "$status"
for executable in "$BUILD"/bin/*; do
    name=$(basename "$executable")
    check_files_equal "install: $name" "$executable" "$staged/var/lib/clickhouse/user_scripts/$name"
    [ -x "$staged/var/lib/clickhouse/user_scripts/$name" ] || not_ok "install: $name" 'it cannot be executed'
done
for file in "$BUILD"/xml/*.xml; do
    check_files_equal "install: $(basename "$file")" "$file" "$staged/etc/clickhouse-server/$(basename "$file")"
done
check_equal 'install: SQL functions' "$(ls "$BUILD/user_defined")" "$(ls "$staged/var/lib/clickhouse/user_defined")"

# What is there beside ours stays.
echo mine >"$staged/var/lib/clickhouse/user_scripts/mine"
make_quietly uninstall DESTDIR="$staged"
check_equal 'uninstall: exit status' 0 "$status"
check_equal 'uninstall: what is left' "$staged/var/lib/clickhouse/user_scripts/mine" "$(find "$staged" -type f)"

make_quietly --always-make --dry-run "$BUILD/bin/periods" CC=their-cc CFLAGS=--their-cflags \
    CPPFLAGS=--their-cppflags LDFLAGS=--their-ldflags LDLIBS=--their-ldlibs
commands=$(cat "$TMPDIR/stdout")
for word in their-cc --their-cflags --their-cppflags --their-ldflags --their-ldlibs -ffp-contract=off; do
    check_contains "the build uses $word" "$word" "$commands"
done
