#!/bin/sh
# The Debian package under dpkg, in a root of its own: installs, changes its version, goes without a trace. With
# PACKAGES=all, as make check-install sets it, also what lintian says, and the RPM package.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/install/production.sh
. "$ROOT/tests/install/production.sh"

cd "$ROOT" || exit 1
version=$(version)
packages=$BUILD/packages
machine=$TMPDIR/machine

# In a root of its own a package's scripts run outside it, and find it in DPKG_ROOT.
dpkg_in_root() {
    run dpkg --root="$machine" --force-script-chrootless --force-not-root --force-depends --log="$TMPDIR/dpkg.log" "$@"
}

fresh_root() {
    mkdir -p "$machine/var/lib/dpkg" "$machine/etc/clickhouse-server" "$machine/var/lib/clickhouse"
    : >"$machine/var/lib/dpkg/status"
    echo '<clickhouse><user_defined_executable_functions_config>*_function.*ml</user_defined_executable_functions_config></clickhouse>' \
        >"$machine/etc/clickhouse-server/config.xml"
}

of_server() {
    (cd "$machine" && find etc/clickhouse-server var/lib/clickhouse \( -type f -o -type l \) | sort)
}

if command -v dpkg-deb >/dev/null; then
    run make --no-print-directory -s deb DEB_LEVEL=${DEB_LEVEL:-0} BUILD="$BUILD" CHECK_CFLAGS=-Werror
    check_equal 'deb: is built' 0 "$status"
    package=$(ls "$packages/saltwell_${version}"_*.deb)
    fresh_root
    before=$(of_server)
    dpkg_in_root --install "$package"
    check_equal 'deb: installs' 0 "$status"
    check_equal 'deb: the server has the programs' "period_stream (Saltwell) $version" \
        "$("$machine/var/lib/clickhouse/user_scripts/period_stream" --version)"
    check_contains 'deb: the server has the configuration' "<command>saltwell-$version/periods periods</command>" \
        "$(cat "$machine/etc/clickhouse-server/periods_function.xml")"

    # A later version of the package, made of this one.
    dpkg-deb -R "$package" "$TMPDIR/later"
    later_version 9.9.9 "$TMPDIR/later/usr/lib/saltwell"
    rm -r "$TMPDIR/later/usr/lib/saltwell/saltwell-$version"
    sed -i 's/^Version: .*/Version: 9.9.9/' "$TMPDIR/later/DEBIAN/control"
    dpkg-deb --root-owner-group -Zgzip -z1 --build "$TMPDIR/later" "$TMPDIR/later.deb" >/dev/null
    dpkg_in_root --install "$TMPDIR/later.deb"
    check_equal 'deb: upgrades' '0 9.9.9' "$status $("$machine/var/lib/clickhouse/user_scripts/period_stream" --version | awk '{ print $NF }')"
    check_equal 'deb: the earlier version is there for what still runs' "periods (Saltwell) $version" \
        "$("$machine/var/lib/clickhouse/user_scripts/saltwell-$version/periods" --version)"
    dpkg_in_root --remove saltwell
    check_equal 'deb: removes' '0' "$status"
    dpkg_in_root --purge saltwell
    check_equal 'deb: nothing of it is left' "$before" "$(of_server)"
    check_equal 'deb: no file of the package is left' '' "$(find "$machine/usr" -type f 2>/dev/null)"
    if [ "${PACKAGES:-}" = all ]; then
        lintian --allow-root "$package" >"$TMPDIR/lintian" 2>&1
        check_equal 'deb: lintian finds no error' '' "$(grep '^E:' "$TMPDIR/lintian")"
    fi
else
    skip deb 'there is no dpkg-deb'
fi

if [ "${PACKAGES:-}" = all ]; then
    run make --no-print-directory -s rpm BUILD="$BUILD" CHECK_CFLAGS=-Werror
    check_equal 'rpm: is built' 0 "$status"
    package=$(ls "$packages/saltwell-$version".*.rpm)
    check_equal 'rpm: its files' "$(cd "$BUILD/saltwell-$version" && find . -type f ! -name '.*' | sed "s|^\.|/usr/lib/saltwell/saltwell-$version|" | sort)" \
        "$(rpm -qlp "$package" | grep "/saltwell-$version/" | sort)"
    check_contains 'rpm: takes itself off the server' 'install.sh --uninstall --offline' "$(rpm -qp --scripts "$package")"
    mkdir "$TMPDIR/rpmroot"
    run rpm --root "$TMPDIR/rpmroot" --nodeps --noscripts -i "$package"
    check_equal 'rpm: installs' "0 periods (Saltwell) $version" "$status $("$TMPDIR/rpmroot/usr/lib/saltwell/saltwell-$version/periods" --version)"
    run rpm --root "$TMPDIR/rpmroot" --nodeps --noscripts -e saltwell
    check_equal 'rpm: removes' '0 ' "$status $(find "$TMPDIR/rpmroot/usr/lib/saltwell" 2>/dev/null)"
fi
