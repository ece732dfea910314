#!/bin/sh
# Builds the archive and the packages from two copies of the sources in two places: the same bytes. A minute; not in
# make check.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

SOURCE_DATE_EPOCH=$(git -C "$ROOT" log -1 --format=%ct)
export SOURCE_DATE_EPOCH
for copy in one a/longer/path/two; do
    mkdir -p "$TMPDIR/$copy"
    (cd "$ROOT" && tar -cf - --exclude=./build --exclude=./.git .) | tar -C "$TMPDIR/$copy" -xf -
    run make -C "$TMPDIR/$copy" -s -j2 BUILD=build dist deb rpm
    check_equal "built in $copy" 0 "$status"
done
for package in "$TMPDIR"/one/build/packages/saltwell*.deb "$TMPDIR"/one/build/packages/saltwell*.rpm "$TMPDIR"/one/build/packages/saltwell*.gz; do
    name=$(basename "$package")
    check_files_equal "$name" "$package" "$TMPDIR/a/longer/path/two/build/packages/$name"
done
