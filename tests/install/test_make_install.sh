#!/bin/sh
# make install and uninstall under a DESTDIR, the archive that dist makes of it, and the caller's compiler flags.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/install/production.sh
. "$ROOT/tests/install/production.sh"

cd "$ROOT" || exit 1
staged=$TMPDIR/staged
scripts=$staged/var/lib/clickhouse/user_scripts
version=$(version)

make_quietly() {
    run make --no-print-directory BUILD="$BUILD" CHECK_CFLAGS=-Werror "$@"
}

make_quietly install DESTDIR="$staged"
check_equal 'install: exit status' 0 "$status"
for executable in "$BUILD"/bin/*; do
    name=$(basename "$executable")
    check_equal "install: $name" "$("$executable" --version)" "$("$scripts/saltwell-$version/$name" --version)"
done
for file in "$BUILD"/xml/*.xml; do
    sed "s|<command>|&saltwell-$version/|" "$file" >"$TMPDIR/expected"
    check_files_equal "install: $(basename "$file")" "$TMPDIR/expected" "$staged/etc/clickhouse-server/$(basename "$file")"
done
check_equal 'install: SQL functions' "$(ls "$BUILD/user_defined")" "$(ls "$staged/var/lib/clickhouse/user_defined")"
check_equal 'install: what queries call by name' 'merge_partials period_stream phoenix_scan saltwell_sql' \
    "$(find "$scripts" -type l -printf '%f\n' | sort | paste -s -d ' ' -)"
check_equal 'install: links work without the DESTDIR' "period_stream (Saltwell) $version" "$("$scripts/period_stream" --version)"
"$staged/usr/local/lib/saltwell/install.sh" --help >"$TMPDIR/help"
check_contains 'install: the scripts' '--rollback' "$(cat "$TMPDIR/help")"

# What is there beside ours stays.
echo mine >"$scripts/mine"
make_quietly uninstall DESTDIR="$staged"
check_equal 'uninstall: exit status' 0 "$status"
check_equal 'uninstall: what is left' "$scripts/mine" "$(find "$staged" -type f -o -type l)"

if [ "$(id -u)" = 0 ]; then
    make_quietly install DESTDIR="$staged" OWNER=12:34
    check_equal 'install: owner' '12:34 12:34' "$(stat -c %u:%g "$scripts/saltwell-$version/periods" "$staged/etc/clickhouse-server/periods_function.xml" | paste -s -d ' ' -)"
else
    skip 'install: owner' 'not root'
fi

# The archive is one of the same bytes whenever it is made, and installs from where it was unpacked.
packages=$BUILD/packages
make_quietly dist DIST_LEVEL=1
check_equal 'dist: exit status' 0 "$status"
archive=$(ls "$packages/saltwell-$version"-linux-*.tar.gz)
check_equal 'dist: checksum' "$(basename "$archive"): OK" "$(cd "$packages" && sha256sum -c "$(basename "$archive").sha256")"
cp "$archive" "$TMPDIR/first.tar.gz"
touch "$BUILD/saltwell-$version"/*
(umask 077 && TZ=Asia/Tokyo make_quietly dist DIST_LEVEL=1)
check_files_equal 'dist: the same bytes again' "$TMPDIR/first.tar.gz" "$archive"
mkdir "$TMPDIR/unpacked" && tar -C "$TMPDIR/unpacked" -xf "$archive"
mkdir -p "$TMPDIR/server/etc"
run "$TMPDIR/unpacked/usr/lib/saltwell/install.sh" --offline --user-scripts "$TMPDIR/server/scripts" --functions "$TMPDIR/server/etc" \
    --user-defined "$TMPDIR/server/defined"
check_equal 'dist: installs' '0 ' "$status $stderr"
check_equal 'dist: is complete' "$(cd "$TMPDIR/unpacked/var/lib/clickhouse/user_scripts" && find . | sort)" "$(cd "$TMPDIR/server/scripts" && find . | sort)"

# What the image takes out of the archive and the sources is there, and the options that containers give are right.
for path in $(sed -n "s|^COPY --from=archive /\([^ ]*\) .*|\1|p" install/docker/Dockerfile | sed "s/\${VERSION}/$version/"); do
    check_equal "docker: the archive has $path" "$TMPDIR/unpacked/$path" "$(ls -d "$TMPDIR/unpacked/$path")"
done
check_equal 'docker: the entry point' install/docker/entrypoint.sh "$(sed -n 's|^COPY --chmod=755 \([^ ]*\) .*|\1|p' install/docker/Dockerfile)"
# in_container NAME OPTIONS: install.sh with them installs into the data folder of a container.
in_container() {
    # shellcheck disable=SC2086 # they are words
    run "$TMPDIR/unpacked/usr/lib/saltwell/install.sh" --root "$TMPDIR/$1" $2
    check_equal "$1: installs" "0 period_stream (Saltwell) $version" "$status $("$TMPDIR/$1/var/lib/clickhouse/user_scripts/period_stream" --version)"
}
in_container kubernetes "$(sed -n 's/^ *args: \[\(.*\)\]/\1/p' install/kubernetes/clickhouse.yaml | tr -d ,)"
in_container docker "$(sed -n '/install.sh/,/^exec/p' install/docker/entrypoint.sh | sed '/^exec/d; s|.*install.sh||; s|\\\\$||' | tr '\n\\' '  ')"

make_quietly --always-make --dry-run "$BUILD/bin/periods" CC=their-cc CFLAGS=--their-cflags \
    CPPFLAGS=--their-cppflags LDFLAGS=--their-ldflags LDLIBS=--their-ldlibs
commands=$(cat "$TMPDIR/stdout")
for word in their-cc --their-cflags --their-cppflags --their-ldflags --their-ldlibs -ffp-contract=off; do
    check_contains "the build uses $word" "$word" "$commands"
done
