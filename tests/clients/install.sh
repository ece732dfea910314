#!/bin/sh
# Installs the clients, in the versions that are pinned here, into $BUILD/clients: python/ (a virtual
# environment), node/ and jdbc/. What is there already stays. What cannot be installed is a skip with
# its reason, and so are the tests that need it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

here=$ROOT/tests/clients
clients=$BUILD/clients

install_python() {
    command -v python3 || { echo 'there is no python3'; return 1; }
    python3 -m venv "$clients/python" &&
        timeout -k 5 240 "$clients/python/bin/pip" install --quiet --disable-pip-version-check --retries 1 \
            --requirement "$here/python/requirements.txt" --constraint "$here/python/constraints.txt"
}

install_node() {
    command -v npm || { echo 'there is no npm'; return 1; }
    cp "$here/node/package.json" "$here/node/package-lock.json" "$here/node/.npmrc" "$clients/node" &&
        (cd "$clients/node" && timeout -k 5 60 npm ci --no-audit --no-fund)
}

# The classpath is the file jdbc/classpath.
install_jdbc() {
    for tool in javac mvn; do
        command -v $tool || { echo "there is no $tool"; return 1; }
    done
    timeout -k 5 240 mvn --quiet --batch-mode --file "$here/jdbc/pom.xml" "-Dmaven.repo.local=$clients/jdbc/repository" \
        dependency:build-classpath "-Dmdep.outputFile=$clients/jdbc/classpath"
}

# set_up NAME PIN...: the files that pin its versions are kept as the sign of success.
set_up() {
    client=$1
    shift
    log=$clients/$client.log
    if cat "$@" | cmp -s - "$clients/$client/.installed"; then
        ok "$client is there"
        return
    fi
    rm -rf "${clients:?}/$client"
    mkdir -p "$clients/$client"
    status=0
    "install_$client" >"$log" 2>&1 || status=$?
    if [ "$status" -eq 0 ]; then
        cat "$@" >"$clients/$client/.installed"
        ok "$client is installed"
    else
        skip "$client" "$(grep -m 1 -i -e error -e 'there is no' "$log" || echo "status $status") (all of it: $log)"
    fi
}

# Most of the time is the network's.
set_up jdbc "$here/jdbc/pom.xml" &
set_up node "$here/node/package-lock.json" &
set_up python "$here/python/requirements.txt" "$here/python/constraints.txt"
wait
