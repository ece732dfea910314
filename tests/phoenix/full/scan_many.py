"""A million rows of the light server, beside Avatica's own JDBC driver. Prints a line per result."""

import os
import tempfile
from pathlib import Path

from beside import N_ROWS, check_beside
from light import LIGHT, Plugins, Server

CODES = [
    "CREATE TABLE CODES (N BIGINT PRIMARY KEY, C VARCHAR(40), T VARCHAR(10), OPD TIMESTAMP(3), AMOUNT DECIMAL(18,4))",
    "INSERT INTO CODES SELECT N, 'code ' || N, CASE WHEN MOD(N, 7) = 3 THEN NULL ELSE 't' || MOD(N, 3) END, "
    "TIMESTAMPADD(SQL_TSI_MILLI_SECOND, MOD(N * 104729, 7199999), TIMESTAMP '2026-01-01 00:00:00'), N * 0.0001 "
    f"FROM UNNEST(SEQUENCE_ARRAY(CAST(0 AS BIGINT), CAST({N_ROWS - 1} AS BIGINT), CAST(1 AS BIGINT))) AS S(N)",
]


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        server, plugins = Server(CODES, heap="2g"), Plugins()
        try:
            plugins.add("protobuf", server.ports[0])
            plugins.add("json", server.ports[1], serialization="json")
            client = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-Duser.timezone=UTC", "-cp", server.class_path(), "light.RemoteClient",
                      f"http://127.0.0.1:{server.ports[0]}/", "SELECT N, C, T, OPD, AMOUNT FROM CODES"]
            check_beside(plugins, Path(name), ("protobuf", "json"), "Avatica's JDBC driver", client)
        finally:
            server.process.kill()
            server.process.wait()
            plugins.remove()


main()
