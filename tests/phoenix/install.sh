#!/bin/sh
# Installs the light test server into $BUILD/phoenix/light: its jars, by Maven, and its classes. What is there already
# stays. Where that cannot be done it is a skip with the reason, and so are the tests that need it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

here=$ROOT/tests/phoenix/light
light=$BUILD/phoenix/light

install_light() {
    for tool in javac mvn sha256sum; do
        command -v $tool || { echo "there is no $tool"; return 1; }
    done
    timeout -k 5 240 mvn --quiet --batch-mode --strict-checksums --file "$here/pom.xml" "-Dmaven.repo.local=$light/repository" \
        dependency:build-classpath "-Dmdep.outputFile=$light/classpath" &&
        (cd "$light/repository" && sha256sum --quiet --check "$here/jars.sha256") &&
        javac -cp "$(cat "$light/classpath")" -d "$light/classes" "$here"/*.java
}

if cat "$here"/* | cmp -s - "$light/.installed"; then
    ok 'the light server is there'
    exit
fi
mkdir -p "$light"
rm -f "$light/.installed"
if install_light >"$light/install.log" 2>&1; then
    cat "$here"/* >"$light/.installed"
    ok 'the light server is installed'
else
    skip 'the light server' "$(grep -m 1 -i -e error -e 'there is no' -e FAILED "$light/install.log") (all of it: $light/install.log)"
fi
