#!/bin/sh
# Puts Saltwell into the data folder, then starts the server as the official image does.
set -e
/usr/lib/saltwell/install.sh --offline --user-scripts /var/lib/clickhouse/user_scripts --functions /etc/clickhouse-server \
    --user-defined /var/lib/clickhouse/user_defined
exec /entrypoint.sh "$@"
