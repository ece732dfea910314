#!/bin/sh
# Where the installer finds the server's folders: in what the server has put together, in its files, in options.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

root=$TMPDIR/root
mkdir -p "$root/etc/clickhouse-server/config.d" "$root/var/lib/clickhouse/preprocessed_configs"
functions='<user_defined_executable_functions_config>*_function.*ml</user_defined_executable_functions_config>'

# folders [OPTION...]: where the installer would put a program, a configuration and an SQL function, or why not.
folders() {
    run "$ROOT/install/install.sh" --dry-run --offline --root "$root" "$@"
    if [ "$status" != 0 ]; then
        printf '%s\n' "$stderr"
        return
    fi
    sed -n "s#^would put $root\(/.*/\)\(saltwell-[^/]*/periods\|periods_function.xml\|function_saltOf.sql\)\$#\1#p" "$TMPDIR/stdout" |
        grep -v /saltwell- | paste -s -d ' ' -
}

check_contains 'no configuration' 'expected a server'\''s configuration at' "$(folders)"

echo "<clickhouse>$functions</clickhouse>" >"$root/etc/clickhouse-server/config.xml"
check_equal 'the defaults' '/var/lib/clickhouse/user_scripts/ /etc/clickhouse-server/ /var/lib/clickhouse/user_defined/' "$(folders)"

cat >"$root/etc/clickhouse-server/config.xml" <<END
<?xml version="1.0"?>
<!DOCTYPE clickhouse>
<clickhouse>
    <!-- <path>/not/this</path>
    <user_scripts_path>/nor/this</user_scripts_path> -->
    <path replace="1">
        /data/
    </path>
    <merge_tree><user_scripts_path>/not/in/here</user_scripts_path><empty/></merge_tree>
    $functions
</clickhouse>
END
check_equal 'a path of its own' '/data/user_scripts/ /etc/clickhouse-server/ /data/user_defined/' "$(folders)"

echo '<clickhouse><user_scripts_path>/scripts</user_scripts_path></clickhouse>' >"$root/etc/clickhouse-server/config.d/10.xml"
cat >"$root/etc/clickhouse-server/config.d/20.xml" <<'END'
<clickhouse><user_scripts_path>/later/scripts/</user_scripts_path><user_defined_path>/later/defined/</user_defined_path>
<user_defined_executable_functions_config>/udf/*.xml</user_defined_executable_functions_config></clickhouse>
END
check_equal 'the files of config.d, the last one counts' '/later/scripts/ /udf/ /later/defined/' "$(folders)"
check_equal 'options count more' '/a/ /b/ /c/' "$(folders --user-scripts /a --functions /b --user-defined /c)"

cat >"$root/var/lib/clickhouse/preprocessed_configs/config.xml" <<'END'
<!-- This file was generated automatically.
     Do not edit it: it is likely to be discarded and generated again before it's read next time.
     Files used to generate this file:
       /opt/server/config.xml
       /opt/server/config.d/x.xml      -->
<clickhouse>
    <user_scripts_path>/of the server/scripts/</user_scripts_path>
    <user_defined_executable_functions_config>functions/*_function.*ml</user_defined_executable_functions_config>
</clickhouse>
END
check_equal 'what the server has put together; relative to its own file' \
    '/of the server/scripts/ /opt/server/functions/ /of the server/user_defined/' "$(folders)"

# config TEXT: the server's configuration has it and nothing else.
config() {
    printf '<clickhouse>%s</clickhouse>\n' "$1" >"$TMPDIR/config.xml"
}
config '<path>/data</path>'
check_contains 'no pattern of functions' 'expected user_defined_executable_functions_config' "$(folders --config "$TMPDIR/config.xml")"
config '<user_defined_executable_functions_config>/udf/mine.xml</user_defined_executable_functions_config>'
check_contains 'a pattern that our files do not fit' 'expected a pattern that NAME_function.xml fits' "$(folders --config "$TMPDIR/config.xml")"
config "<user_scripts_path>scripts</user_scripts_path>$functions"
check_contains 'a folder that begins nowhere' 'expected a folder from the root on, found scripts' "$(folders --config "$TMPDIR/config.xml")"
check_contains 'a configuration that is not there' 'cannot read the server'\''s configuration' "$(folders --config "$TMPDIR/none.xml")"
check_contains 'an option without its value' "expected an option and its value, found '--config'" "$(folders --config)"
