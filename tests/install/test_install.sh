#!/bin/sh
# install.sh on a fresh server, as an administrator uses it: install, again, a later version, back, off.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"
# shellcheck source=tests/install/production.sh
. "$ROOT/tests/install/production.sh"

production
version=$(version)
scripts=$lib/user_scripts
before=$(left_behind)

install --dry-run
check_equal 'dry run: status' "0 " "$status $stderr"
check_equal 'dry run: every line says what would be done' '' "$(grep -v '^would ' "$TMPDIR/stdout")"
check_equal 'dry run: nothing is done' "$before" "$(left_behind)"
planned=$(grep -c . "$TMPDIR/stdout")

# The files get the owner of the server's folder.
mkdir -p "$scripts"
[ "$(id -u)" != 0 ] || chown 12:34 "$scripts"
install
check_equal 'install: status' "0 " "$status $stderr"
check_equal 'install: as many changes as the dry run said, without the folder that is there' "$((planned - 1))" \
    "$(grep -c -e '^make ' -e '^put ' -e '^link ' -e '^reload ' -e '^create ' "$TMPDIR/stdout")"
check_contains 'install: the doctor was asked' 'ok    answers' "$(cat "$TMPDIR/stdout")"
check_equal 'install: the functions work' "[1,1,2]	$version	2" \
    "$(on_server 'SELECT periodNumbers([1, 2, 100], 10, 0), saltwellVersion(), welfordMean(welfordState([1., 3.]))')"
check_equal 'install: a program that queries call by name' "period_stream (Saltwell) $version" \
    "$(on_server "SELECT * FROM executable('period_stream --version', TSVRaw, 'line String')")"
check_equal 'install: the configuration names the folder of the version' "saltwell-$version" \
    "$(on_server "SELECT DISTINCT splitByChar('/', command)[1] FROM system.user_defined_functions")"
check_equal 'install: owner and mode of a program' "$(stat -c %u:%g "$scripts") 755" "$(stat -c '%u:%g %a' "$scripts/saltwell-$version/periods")"
check_equal 'install: owner of a link' "$(stat -c %u:%g "$scripts")" "$(stat -c %u:%g "$scripts/period_stream")"
check_equal 'install: mode of a configuration' 644 "$(stat -c %a "$etc/periods_function.xml")"
check_equal 'install: nothing half done is left' '' "$(find "$server" -name '.*.new')"

installed=$(left_behind)
install --no-doctor
check_equal 'again: it says that nothing changed' "0 nothing to change: saltwell-$version is installed" "$status $(cat "$TMPDIR/stdout")"
install --rollback
check_equal 'rollback without an earlier version' \
    "1 install.sh: expected a version that was active before saltwell-$version, found none" "$status $stderr"

# The engine of the tests has no Keeper, so it refuses ON CLUSTER: the statement is there.
on_server 'DROP FUNCTION saltOf'
install --no-doctor --cluster shards
check_contains 'on a cluster' 'SQL function saltOf: Code: 392. DB::Exception: Replicated DDL queries are disabled' "$stderr"

# What was changed by hand is put back, and a server that was started anew has all of it.
on_server 'CREATE OR REPLACE FUNCTION saltOf AS (x, salts) -> 0'
rm "$scripts/period_stream"
echo '<functions/>' >"$etc/exact_function.xml"
install --no-doctor
check_equal 'a place that is taken: status and reason' \
    "1 install.sh: expected no $etc/exact_function.xml, or Saltwell's, found another file: rename it" "$status $stderr"
rm "$etc/exact_function.xml"
# Somebody else's function that does not load: ours do, and SYSTEM RELOAD FUNCTIONS fails all the same.
sed 's|<name>exact|<name>theirs|; s|<return_type>.*<|<return_type>Nonsense<|' "$BUILD/xml/exact_function.xml" >"$etc/theirs_function.xml"
on_server 'SYSTEM RELOAD FUNCTIONS' >/dev/null
install --no-doctor
check_equal 'mended: what changed' "put $etc/exact_function.xml|link $scripts/period_stream to saltwell-$version/period_stream|the server could not load all functions: Code: 50. DB::Exception: Unknown data type family: Nonsense. (UNKNOWN_TYPE)|reload the functions|create SQL function saltOf" \
    "$(paste -s -d '|' "$TMPDIR/stdout")"
rm "$etc/theirs_function.xml"

later_version 9.9.9 "$TMPDIR/later"
install --no-doctor --from "$TMPDIR/later/saltwell-9.9.9"
check_equal 'a later version: status' '0 ' "$status $stderr"
check_equal 'a later version: the functions' "9.9.9!	[1]	saltwell-9.9.9/periods" \
    "$(on_server "SELECT ofLater('!'), periodNumbers([1], 1, 0), splitByChar(' ', command)[1] FROM system.user_defined_functions WHERE name = 'periods'")"
check_equal 'a later version: the programs called by name' 'merge_partials (Saltwell) 9.9.9' \
    "$(on_server "SELECT * FROM executable('merge_partials --version', TSVRaw, 'line String')")"
check_equal 'the earlier version is still there' 'periods (Saltwell) '"$version" "$("$scripts/saltwell-$version/periods" --version)"

install --no-doctor --rollback
check_equal 'rollback: status' '0 ' "$status $stderr"
check_equal 'rollback: the functions' "$version	0" \
    "$(on_server "SELECT saltwellVersion(), (SELECT count() FROM system.functions WHERE name = 'ofLater')")"
check_equal 'rollback: what is active is what was installed' "$installed" "$(left_behind | grep -v saltwell-9.9.9)"

# Another's function of the same name is not replaced.
install --uninstall
check_equal 'uninstall: status' '0 ' "$status $stderr"
check_equal 'uninstall: nothing is left' "$before" "$(left_behind)"
check_equal 'uninstall: no function is left' 0 \
    "$(on_server "SELECT count() FROM system.functions WHERE name IN ('saltOf', 'welfordMean', 'periods', 'saltwellVersion', 'ofLater')")"
sed 's|saltwell-[^/]*/periods|theirs|; s|from the function table|by hand|' "$BUILD/saltwell-$version/periods_function.xml" >"$etc/other_function.xml"
on_server 'SYSTEM RELOAD FUNCTIONS'
install
check_contains 'a name that another function has' "rename them: " "$status $stderr"
check_equal 'a name that another function has: nothing is done' "$before" "$(left_behind | grep -v other_function)"
rm "$etc/other_function.xml"
on_server "SYSTEM RELOAD FUNCTIONS"
printf '#!/bin/sh\n' >"$scripts/period_stream" && chmod +x "$scripts/period_stream"
install
check_contains 'a program of that name' "1 install.sh: expected no $scripts/period_stream, or Saltwell's, found another program" "$status $stderr"
rm "$scripts/period_stream"

# The programs of version 0.1.0 lay in user_scripts itself: they become links, so that planned queries find them.
cp "$BUILD/bin/periods" "$BUILD/bin/period_stream" "$scripts"
install --no-doctor
check_equal 'programs of 0.1.0 become links' "saltwell-$version/periods saltwell-$version/period_stream" \
    "$(readlink "$scripts/periods") $(readlink "$scripts/period_stream")"
install --uninstall
check_equal 'uninstall after 0.1.0: nothing is left' "$before" "$(left_behind)"

# A server that does not run.
stop_production
install
check_contains 'a server that does not run: the reason' '1 install.sh: no answer from the server: ' "$status $stderr"
install --offline
check_equal 'offline: status' '0 ' "$status $stderr"
start_production || exit 1
doctor
check_equal 'offline: the doctor after the start' 0 "$status"
install --no-doctor
check_equal 'offline: nothing to change after the start' "nothing to change: saltwell-$version is installed" "$(cat "$TMPDIR/stdout")"
