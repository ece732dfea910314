"""polars, pyarrow and pandas through Arrow and Parquet: ask_frames.py EXPECTED HOST HTTP_PORT"""

import io
import sys
import urllib.error
import urllib.parse
import urllib.request

import pandas
import polars
import pyarrow
import pyarrow.parquet

from answers import answer_all
from arrow_types import arrow_type

BINARY = {"output_format_arrow_string_as_string": 0, "output_format_parquet_string_as_string": 0}


def send(sql, body, settings):
    address = f"http://{sys.argv[2]}:{sys.argv[3]}/?" + urllib.parse.urlencode({"query": sql, **settings})
    try:
        return urllib.request.urlopen(address, body, timeout=20).read()
    except urllib.error.HTTPError as error:
        raise RuntimeError(error.read().decode(errors="replace")) from error


def file_of(sql, output_format, settings):
    return io.BytesIO(send(sql, b"", {"default_format": output_format, **settings}))


def polars_arrow(sql, settings):
    return polars.read_ipc_stream(file_of(sql, "ArrowStream", settings))["value"].to_list(), None


def polars_parquet(sql, settings):
    return polars.read_parquet(file_of(sql, "Parquet", settings))["value"].to_list(), None


def pyarrow_parquet(sql, settings):
    table = pyarrow.parquet.read_table(file_of(sql, "Parquet", settings))
    return table["value"].to_pylist(), arrow_type(table.schema.field("value"))


def pandas_arrow(sql, settings):
    table = pyarrow.ipc.open_stream(file_of(sql, "ArrowStream", settings)).read_all()
    return table.to_pandas()["value"], arrow_type(table.schema.field("value"))


def pandas_parquet(sql, settings):
    return pandas.read_parquet(file_of(sql, "Parquet", settings))["value"], None


for way in (polars_arrow, polars_parquet, pyarrow_parquet, pandas_arrow, pandas_parquet):
    name = way.__name__.replace("_arrow", " Arrow").replace("_parquet", " Parquet")
    answer_all(name, lambda sql, way=way: way(sql, BINARY), lambda sql, way=way: way(sql, {}))



def arrow_again(stored):
    table = pyarrow.ipc.open_stream(stored).read_all()
    written = io.BytesIO()
    with pyarrow.ipc.new_stream(written, table.schema) as stream:
        stream.write_table(table)
    return written.getvalue()


def polars_again(stored):
    written = io.BytesIO()
    polars.read_parquet(stored).write_parquet(written)
    return written.getvalue()


def pandas_again(stored):
    return pandas.read_parquet(stored).to_parquet()


for name, output_format, again in (
    ("polars", "Parquet", polars_again),
    ("pandas", "Parquet", pandas_again),
    ("pyarrow", "ArrowStream", arrow_again),
):
    states = file_of(f"SELECT '{name}' AS client, key, state FROM states", output_format, BINARY)
    send(f"INSERT INTO returned FORMAT {output_format}", again(states), {})
