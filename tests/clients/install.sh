#!/bin/sh
# tests/clients/install.sh [jdbc|node|python]...
#
# Installs the clients, all by default, in the versions that are pinned here, into $BUILD/clients: python/ (a
# virtual environment), node/ and jdbc/. What is there already stays; what another run of this script installs is
# waited for. What cannot be installed is a skip with its reason, and so are the tests that need it.
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

# set_up NAME: the files that pin its versions are kept as the sign of success.
set_up() {
    client=$1
    case $client in
    jdbc) set -- "$here/jdbc/pom.xml" ;;
    node) set -- "$here/node/package-lock.json" ;;
    python) set -- "$here/python/requirements.txt" "$here/python/constraints.txt" ;;
    *) not_ok "$client" 'expected jdbc, node or python' && return ;;
    esac
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
mkdir -p "$clients"
[ $# -gt 0 ] || set -- jdbc node python
for client; do
    { flock 9 && set_up "$client"; } 9>"$clients/$client.lock" &
done
wait
