#!/bin/sh
# doctor.sh on a server that is well, and on one where one thing after the other is not.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/server.sh
. "$ROOT/tests/server.sh"
# shellcheck source=tests/install/production.sh
. "$ROOT/tests/install/production.sh"

# Users of this test: one whose settings and threads are not those of others, one who may do little, and one who may
# do what docs/install.md asks for, with a password that needs care.
cat >"$TMPDIR/users.xml" <<'END'
<clickhouse>
    <profiles>
        <default/>
        <odd><output_format_native_encode_types_in_binary_format>1</output_format_native_encode_types_in_binary_format><max_threads>64</max_threads></odd>
    </profiles>
    <users>
        <default><password/><profile>default</profile></default>
        <odd><password/><profile>odd</profile></odd>
        <installer>
            <password>p"w\x y</password>
            <grants>
                <query>GRANT CREATE FUNCTION, DROP FUNCTION, SYSTEM RELOAD FUNCTION, CREATE TEMPORARY TABLE ON *.*</query>
                <query>GRANT SELECT ON system.*</query>
            </grants>
        </installer>
        <poor><password>secret</password><profile>default</profile><grants><query>GRANT SELECT ON *.*</query></grants></poor>
    </users>
</clickhouse>
END
command -v python3 >/dev/null || {
    skip doctor 'there is no python3'
    exit 0
}
production --users-config "$TMPDIR/users.xml"
password_file=/dev/null
version=$(version)
payload=$BUILD/saltwell-$version
printf '%s\n' 'p"w\x y' >"$TMPDIR/installer"
install --no-doctor --user installer --password-file "$TMPDIR/installer"
check_equal 'installed' '0 ' "$status $stderr"

# check_of NAME: the doctor's line of that check.
check_of() {
    grep "^[a-z]*  *$1 " "$TMPDIR/stdout"
}

# says NAME CHECK LINE: the doctor, who was asked last, failed the check with this line, which says what mends it.
says() {
    check_contains "$1" "$3" "$(check_of "$2")"
    check_contains "$1: it failed" 'fail ' "$(check_of "$2")"
    check_contains "$1: what mends it" '; to mend it: ' "$(check_of "$2")"
}

doctor
check_equal 'a server that is well: status' '0 ' "$status $stderr"
check_equal 'a server that is well: the checks' 'server functions names versions answers settings timeouts pools sandbox memory replicas' \
    "$(awk '{ print $2 }' "$TMPDIR/stdout" | paste -s -d ' ' -)"
check_equal 'a server that is well: nothing failed' '' "$(grep '^fail' "$TMPDIR/stdout")"
check_contains 'every function is asked' "$(grep -vc '^#' "$ROOT/install/selftest.tsv") functions, right" "$(check_of answers)"
doctor --json
check_equal 'json' "$version 0 11 ok" "$(python3 -c 'import json, sys
d = json.load(sys.stdin)
print(d["version"], d["failed"], len(d["checks"]), d["checks"][0]["status"])' <"$TMPDIR/stdout")"

doctor --user poor
says 'a wrong password' server 'poor: Authentication failed'
check_equal 'a wrong password: status, and no other check' '1 1' "$status $(grep -c . "$TMPDIR/stdout")"
doctor --url "http://127.0.0.1:$(free_port)"
says 'no server' server 'no answer from the server'
doctor --user odd
says 'settings' settings 'output_format_native_encode_types_in_binary_format'
check_contains 'more threads than processes' 'warn  pools     16 processes for a function, and queries of 64 threads' "$(check_of pools)"
echo secret >"$TMPDIR/secret"
doctor --user poor --password-file "$TMPDIR/secret"
says 'a user who may not use executable()' answers 'GRANT CREATE TEMPORARY TABLE'

# Several faults at once. One program runs as on a system that has no seccomp.
on_server 'CREATE OR REPLACE FUNCTION saltOf AS (x, salts) -> 7'
on_server 'DROP FUNCTION welfordSum'
sed 's|_timeout>3600000<|_timeout>10000<|' "$payload/periods_function.xml" >"$etc/periods_function.xml"
sed 's|saltwell-[^/]*/|saltwell-9.0.0/|' "$payload/welford_function.xml" >"$etc/welford_function.xml"
case $(uname -m) in
x86_64) seccomp=317 ;;
*) seccomp=277 ;;
esac
printf '#!/bin/sh\nexec python3 "%s" %s "%s" "$@"\n' "$ROOT/tests/cli/without.py" $seccomp "$BUILD/bin/activity" >"$lib/user_scripts/activity.new"
chmod +x "$lib/user_scripts/activity.new"
mv "$lib/user_scripts/activity.new" "$lib/user_scripts/saltwell-$version/activity"
on_server 'SYSTEM RELOAD FUNCTIONS'
doctor
check_equal 'faults: status' 1 "$status"
says 'an SQL function that is missing' functions 'does not know: welfordSum'
says 'time-outs of ten seconds' timeouts 'periodNumbers'
says 'no sandbox' sandbox 'cannot filter system calls: Function not implemented'
says 'the configuration of another version' versions 'the configuration names saltwell-9.0.0/welford'
says 'wrong answers' answers 'saltOf: expected 1, found 0'

sed 's|<return_type>.*<|<return_type>Nonsense<|' "$payload/exact_function.xml" >"$etc/exact_function.xml"
on_server 'SYSTEM RELOAD FUNCTIONS' >/dev/null
later_version 9.9.9 "$TMPDIR/later"
sed 's|<name>exactMoments<|<name>length<|' "$payload/exact_function.xml" >"$TMPDIR/later/saltwell-9.9.9/exact_function.xml"
doctor --from "$TMPDIR/later/saltwell-9.9.9"
says 'a function that does not load' functions 'Nonsense'
says 'a name that ClickHouse has' names 'functions of its own called length'
says 'another version than expected' versions 'expected 9.9.9 everywhere'

install --user installer --password-file "$TMPDIR/installer"
check_equal 'the installation mends all of it' '0 ' "$status $stderr"

run "$BUILD/bin/activity" --check-sandbox
check_equal 'the program itself' '0 activity: the sandbox holds' "$status $(cat "$TMPDIR/stdout")"

run "$ROOT/install/doctor.sh" --nonsense x
check_equal 'wrong usage: status' 2 "$status"
check_contains 'wrong usage: message' "unknown option '--nonsense'" "$stderr"
