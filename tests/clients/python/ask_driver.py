"""clickhouse-driver: ask_driver.py EXPECTED HOST TCP_PORT"""

import sys

from clickhouse_driver import Client

from answers import answer_all

client = Client(sys.argv[2], port=int(sys.argv[3]), send_receive_timeout=20, sync_request_timeout=20)
BYTES = {"strings_as_bytes": True}


def execute(sql, settings=None):
    rows, columns = client.execute(sql, with_column_types=True, settings=settings)
    return [row[0] for row in rows], columns[0][1]


def execute_iter(sql, settings=None):
    columns, *rows = client.execute_iter(sql, with_column_types=True, settings=settings)
    return [row[0] for row in rows], columns[0][1]


answer_all("clickhouse-driver execute", lambda sql: execute(sql, BYTES), execute)
answer_all("clickhouse-driver execute_iter", lambda sql: execute_iter(sql, BYTES), execute_iter)

states = client.execute("SELECT key, state FROM states", settings=BYTES)
client.execute("INSERT INTO returned VALUES", [(b"clickhouse-driver", *row) for row in states], settings=BYTES)
