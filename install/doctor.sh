#!/bin/sh
# Looks over HTTP whether Saltwell works on a ClickHouse server: one line for each check, and what mends it.
set -eu

usage() {
    cat <<'END'
usage: install/doctor.sh [--url URL] [OPTION...]
  --url URL        the server (http://127.0.0.1:8123)
  --user NAME      and the password in --password-file FILE, or in CLICKHOUSE_USER and CLICKHOUSE_PASSWORD
  --cluster NAME   ask all replicas of the cluster whether they have the same version
  --json           one JSON document instead of lines
  --from DIR       the folder saltwell-VERSION that should be installed (the one beside this script)
Exit status: 0 nothing failed, 1 something did, 2 wrong usage.
END
}

wrong_usage() {
    echo "doctor.sh: $1" >&2
    usage >&2
    exit 2
}

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=install/lib/server.sh
. "$here/lib/server.sh"
# shellcheck source=install/lib/version.sh
. "$here/lib/version.sh"
# shellcheck source=install/lib/report.sh
. "$here/lib/report.sh"
# shellcheck source=install/lib/checks.sh
. "$here/lib/checks.sh"

url=http://127.0.0.1:8123 user=${CLICKHOUSE_USER:-} password=${CLICKHOUSE_PASSWORD:-} cluster='' from='' json=''
while [ $# -gt 0 ]; do
    case $1 in
    --help) usage && exit ;;
    --json) json=yes && shift && continue ;;
    esac
    [ $# -gt 1 ] || wrong_usage "expected an option and its value, found '$1'"
    server_option "$1" "$2" || wrong_usage "unknown option '$1'"
    shift 2
done
find_payload "$here" || wrong_usage 'expected a folder saltwell-VERSION beside this script, found none: name it with --from'
version=$(basename "$from")
version=${version#saltwell-}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 129' HUP INT TERM
: >"$scratch/report"

if check_server; then
    check_loaded
    check_names
    check_versions
    check_answers
    check_settings
    check_timeouts
    check_pools
    check_sandbox
    check_memory
    check_replicas
fi
[ -z "$json" ] || report_json
! grep -q '^fail' "$scratch/report"
