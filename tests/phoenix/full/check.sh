#!/bin/sh
# tests/phoenix/full/check.sh: `make check-phoenix`. phoenix_scan against HBase with Phoenix and its query server: every type,
# beside the Python client phoenixdb, and a million rows, with what both take for them. Results as tests/README.md has them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../../lib.sh"

here=$ROOT/tests/phoenix/full
full=$BUILD/phoenix/full
echo 'HBase, Phoenix and a million rows: about five minutes; the first time also 79 MB of jars'

install_full() {
    timeout -k 5 900 mvn --quiet --batch-mode --strict-checksums --file "$here/pom.xml" "-Dmaven.repo.local=$full/repository" \
        dependency:build-classpath "-Dmdep.outputFile=$full/classpath" &&
        (cd "$full/repository" && sha256sum --quiet --check "$here/jars.sha256") &&
        javac -cp "$(cat "$full/classpath")" -d "$full/classes" "$here/FullServer.java" &&
        python3 -m venv "$full/python" &&
        "$full/python/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$here/requirements.txt"
}

if ! cat "$here"/* | cmp -s - "$full/.installed"; then
    mkdir -p "$full"
    install_full >"$full/install.log" 2>&1 || {
        not_ok 'the full server' "$(tail -n 3 "$full/install.log") (all of it: $full/install.log)"
        exit 1
    }
    cat "$here"/* >"$full/.installed"
fi
exec "$full/python/bin/python" "$here/scan_full.py"
