#!/bin/sh
# tests/phoenix/full/check.sh: `make check-phoenix`. phoenix_scan against HBase with Phoenix and its query server: every type, and a
# million rows beside the Python client phoenixdb; a million rows of the light server beside Avatica's JDBC driver; and the
# load of examples/incremental_load against HBase and Phoenix. Results as tests/README.md has them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../../lib.sh"

here=$ROOT/tests/phoenix/full
full=$BUILD/phoenix/full
echo 'HBase, Phoenix, two million rows and the load: twelve minutes on two cores, half an hour where they are busy; the first time also 79 MB of jars'

install_full() {
    timeout -k 5 900 mvn --quiet --batch-mode --strict-checksums --file "$here/pom.xml" "-Dmaven.repo.local=$full/repository" \
        dependency:build-classpath "-Dmdep.outputFile=$full/classpath" &&
        (cd "$full/repository" && sha256sum --quiet --check "$here/jars.sha256") &&
        javac -cp "$(cat "$full/classpath")" -d "$full/classes" "$here/FullServer.java" "$here/../light/Commands.java" &&
        python3 -m venv "$full/python" &&
        "$full/python/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$here/requirements.txt"
}

installed_by() {
    (cd "$here" && cat pom.xml jars.sha256 requirements.txt FullServer.java ../light/Commands.java)
}

if ! installed_by | cmp -s - "$full/.installed"; then
    mkdir -p "$full"
    install_full >"$full/install.log" 2>&1 || {
        not_ok 'the full server' "$(tail -n 3 "$full/install.log") (all of it: $full/install.log)"
        exit 1
    }
    installed_by >"$full/.installed"
fi

scans() {
    "$1" "$here/$2" || not_ok "$2" "it ended with status $?"
}

load() {
    if PHOENIX=$here/server.sh timeout -k 5 1800 sh "$ROOT/examples/incremental_load/demo.sh"; then
        ok 'the load: CLEAN is what Phoenix holds'
    else
        not_ok 'the load' "it ended with status $?"
    fi
}

{
    sh "$here/../install.sh"
    scans "$full/python/bin/python" scan_full.py
    scans python3 scan_many.py
    load
} | tee "$TMPDIR/results"
# What is missing is a failure, too.
! grep -q -e '^not ok' -e '^skip' "$TMPDIR/results"
