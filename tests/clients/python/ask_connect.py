"""clickhouse-connect: ask_connect.py EXPECTED HOST HTTP_PORT"""

import sys

import clickhouse_connect

from answers import answer_all
from arrow_types import arrow_type

client = clickhouse_connect.get_client(host=sys.argv[2], port=int(sys.argv[3]), send_receive_timeout=20)
BYTES = {"String": "bytes"}
BINARY = {"output_format_arrow_string_as_string": 0}


def query(sql, formats=None):
    result = client.query(sql, query_formats=formats)
    return [row[0] for row in result.result_rows], result.column_types[0].name


def query_df(sql, formats=None):
    return client.query_df(sql, query_formats=formats)["value"], None


def query_arrow(sql, settings=None):
    table = client.query_arrow(sql, settings=settings)
    return table["value"].to_pylist(), arrow_type(table.schema.field("value"))


def query_rows_stream(sql, formats=None):
    with client.query_rows_stream(sql, query_formats=formats) as rows:
        return [row[0] for row in rows], None


answer_all("clickhouse-connect query", lambda sql: query(sql, BYTES), query)
answer_all("clickhouse-connect query_df", lambda sql: query_df(sql, BYTES), query_df)
answer_all("clickhouse-connect query_arrow", lambda sql: query_arrow(sql, BINARY), query_arrow)
answer_all("clickhouse-connect query_rows_stream", lambda sql: query_rows_stream(sql, BYTES), query_rows_stream)

states = client.query("SELECT key, state FROM states", query_formats=BYTES).result_rows
client.insert("returned", [["clickhouse-connect", *row] for row in states], ["client", "key", "state"])
