"""phoenix_scan against HBase, Phoenix and its query server, beside phoenixdb. Prints a line per result."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import phoenixdb
from beside import N_ROWS, check_beside
from light import BUILD, Plugins, check, check_holds, free_ports

HERE = Path(__file__).resolve().parent
FULL = BUILD / "phoenix" / "full"

TYPES = """ID BIGINT NOT NULL PRIMARY KEY, TS TIMESTAMP, UTS UNSIGNED_TIMESTAMP, D DATE, UD UNSIGNED_DATE, TM TIME, UTM UNSIGNED_TIME,
    NAME VARCHAR, CH CHAR(5), AMOUNT DECIMAL(18,4), ANY_AMOUNT DECIMAL, QTY INTEGER, UI UNSIGNED_INT, UL UNSIGNED_LONG, SI SMALLINT,
    US UNSIGNED_SMALLINT, TI TINYINT, UT UNSIGNED_TINYINT, OK BOOLEAN, X DOUBLE, UX UNSIGNED_DOUBLE, F FLOAT, UF UNSIGNED_FLOAT,
    B VARBINARY, BN BINARY(3), AI INTEGER ARRAY, AV VARCHAR ARRAY, AF FLOAT ARRAY, AX DOUBLE ARRAY, ATS TIMESTAMP ARRAY,
    AD DATE ARRAY, AM DECIMAL ARRAY, AB BOOLEAN ARRAY""".replace("\n", " ")
TIME = "'2026-01-02 03:04:05.678','yyyy-MM-dd HH:mm:ss.SSS'"
ROWS = [
    f"""VALUES (9223372036854775807, TO_TIMESTAMP({TIME}), TO_TIMESTAMP({TIME}), TO_DATE({TIME}), TO_DATE({TIME}), TO_TIME({TIME}),
    TO_TIME({TIME}), 'a "b" é', 'ab', 12345.67, 1000000, -5, 7, 18, 300, 30000, -7, 100, true, 0.1, 0.5, 0.1, 0.25, 'xyz', 'abc',
    ARRAY[1,2,3], ARRAY['x',NULL,'y'], ARRAY[CAST(0.5 AS FLOAT), CAST(0.1 AS FLOAT)], ARRAY[0.1], ARRAY[TO_TIMESTAMP({TIME})],
    ARRAY[TO_DATE({TIME})], ARRAY[1.5,1E+6,1E-7], ARRAY[true,false])""".replace("\n", " "),
    "(ID, TS, NAME, AMOUNT, ANY_AMOUNT) VALUES (5, TO_TIMESTAMP('1969-12-31 23:59:59.999','yyyy-MM-dd HH:mm:ss.SSS'), '', -0.0001, 1E-7)",
]
# What each column is, and what the rows hold. Phoenix has no empty text.
EXPECTED = [
    ("ID", "Int64", "5", "9223372036854775807"),
    ("TS", "Nullable(DateTime64(3))", "1969-12-31 23:59:59.999", "2026-01-02 03:04:05.678"),
    ("UTS", "Nullable(DateTime64(3))", "\\N", "2026-01-02 03:04:05.678"),
    ("D", "Nullable(DateTime64(3))", "\\N", "2026-01-02 03:04:05.678"),
    ("UD", "Nullable(DateTime64(3))", "\\N", "2026-01-02 03:04:05.678"),
    ("TM", "Nullable(Int32)", "\\N", "11045678"),
    ("UTM", "Nullable(Int32)", "\\N", "11045678"),
    ("NAME", "Nullable(String)", "\\N", 'a "b" é'),
    ("CH", "Nullable(String)", "\\N", "ab"),
    ("AMOUNT", "Nullable(Decimal(18, 4))", "-0.0001", "12345.67"),
    ("ANY_AMOUNT", "Nullable(String)", "0.0000001", "1000000"),
    ("QTY", "Nullable(Int32)", "\\N", "-5"),
    ("UI", "Nullable(UInt32)", "\\N", "7"),
    ("UL", "Nullable(UInt64)", "\\N", "18"),
    ("SI", "Nullable(Int16)", "\\N", "300"),
    ("US", "Nullable(UInt16)", "\\N", "30000"),
    ("TI", "Nullable(Int8)", "\\N", "-7"),
    ("UT", "Nullable(UInt8)", "\\N", "100"),
    ("OK", "Nullable(Bool)", "\\N", "true"),
    ("X", "Nullable(Float64)", "\\N", "0.1"),
    ("UX", "Nullable(Float64)", "\\N", "0.5"),
    ("F", "Nullable(Float32)", "\\N", "0.1"),
    ("UF", "Nullable(Float32)", "\\N", "0.25"),
    ("B", "Nullable(String)", "\\N", "xyz"),
    ("BN", "Nullable(String)", "\\N", "abc"),
    ("AI", "Array(Nullable(Int32))", "[]", "[1,2,3]"),
    ("AV", "Array(Nullable(String))", "[]", "['x',NULL,'y']"),
    ("AF", "Array(Nullable(Float32))", "[]", "[0.5,0.1]"),
    ("AX", "Array(Nullable(Float64))", "[]", "[0.1]"),
    ("ATS", "Array(Nullable(DateTime64(3)))", "[]", "['2026-01-02 03:04:05.678']"),
    ("AD", "Array(Nullable(DateTime64(3)))", "[]", "['2026-01-02 03:04:05.678']"),
    ("AM", "Array(Nullable(String))", "[]", "['1.5','1000000','0.0000001']"),
    ("AB", "Array(Nullable(Bool))", "[]", "[true,false]"),
]
COLUMNS = ",".join(name for name, *_ in EXPECTED)
# The rows of the comparison, as text; the client's own process, whose time is measured.
CLIENT = r"""
import phoenixdb, sys
with phoenixdb.connect(sys.argv[1], autocommit=True) as connection:
    cursor = connection.cursor()
    cursor.itersize = 5000
    cursor.execute("SELECT N, C, T, OPD, AMOUNT FROM CODES")
    while rows := cursor.fetchmany(5000):
        for n, c, t, opd, amount in rows:
            print(n, c, t or "\\N", opd, format(amount, "f"), sep="\t")
"""


def start(folder, ports):
    (folder / "conf").mkdir()
    (folder / "conf" / "log4j.properties").write_bytes((HERE / "log4j.properties").read_bytes())
    command = ["java", f"@{HERE / 'java.options'}", "-cp", f"{folder / 'conf'}:{(FULL / 'classpath').read_text().strip()}:{FULL / 'classes'}",
               "full.FullServer", str(folder)]
    log = open(folder / "log", "w", encoding="utf-8")
    process = subprocess.Popen([*command, *map(str, ports)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
    if process.stdout.readline() != ".\n":
        raise RuntimeError("the full server ended: " + (folder / "log").read_text()[-2000:])
    return process


def load(cursor):
    """Doubles the rows until there are enough: times that repeat, NULLs, decimals."""
    cursor.execute("CREATE TABLE CODES (N BIGINT NOT NULL PRIMARY KEY, C VARCHAR, T VARCHAR, OPD TIMESTAMP, AMOUNT DECIMAL(18,4)) "
                   "DISABLE_WAL = true")
    cursor.execute("UPSERT INTO CODES VALUES (0, 'code 0', 't0', TO_TIMESTAMP('2026-01-01 00:00:00.000'), 0.0001)")
    n = 1
    while n < N_ROWS:
        cursor.execute(f"""UPSERT INTO CODES SELECT N + {n}, 'code ' || TO_CHAR(N + {n}), CASE WHEN N % 7 = 3 THEN NULL ELSE 't' || TO_CHAR(N) END,
            CAST(OPD + {n // 3 * 7} / 86400000.0 AS TIMESTAMP), CAST((N + {n}) * 0.0001 AS DECIMAL(18,4)) FROM CODES
            WHERE N < {n} AND N + {n} < {N_ROWS}""")
        n *= 2


def check_types(cursor, plugins):
    cursor.execute(f"CREATE TABLE TY ({TYPES})")
    for row in ROWS:
        cursor.execute(f"UPSERT INTO TY {row}")
    structure = ", ".join(f"{name} {kind}" for name, kind, *_ in EXPECTED)
    for source in ("protobuf", "json"):
        call = f"phoenix_scan --source {source} --table TY --time TS --columns {COLUMNS}"
        found = plugins.query(f"SELECT name, type FROM executable('{call} --describe', Native, 'name String, phoenix_type String, type String')")
        check(f"{source}: types", [f"{name}\t{kind}" for name, kind, *_ in EXPECTED], found.split("\n"))
        found = plugins.query(f"SELECT * FROM executable('{call}', Native, '{structure}', (SELECT -1::Int64, 1800000000000::Int64)) ORDER BY ID "
                              "SETTINGS session_timezone = 'UTC', input_format_skip_unknown_fields = 0")
        check(f"{source}: values", ["\t".join(low for _, _, low, _ in EXPECTED), "\t".join(high for *_, high in EXPECTED)], found.split("\n"))
        for by in ("D", "UTS", "UD"):
            found = plugins.query(f"SELECT ID FROM executable('phoenix_scan --source {source} --table TY --time {by} --columns ID', Native, 'ID Int64', "
                                  "(SELECT 1767323045678::Int64 + arrayJoin([-1, 0]) AS a, a + 1))")
            check(f"{source}: windows to the millisecond by {by}", "9223372036854775807", found)
    cursor.execute("CREATE TABLE ODD (ID BIGINT NOT NULL PRIMARY KEY, TS TIMESTAMP, ATM TIME ARRAY, AUI UNSIGNED_INT ARRAY)")
    for name, options, expected in (
        ("a time in an array", "--table ODD --time TS --columns ATM", "column ATM: Phoenix's type TIME ARRAY cannot be carried"),
        ("an unsigned number in an array", "--table ODD --time TS --columns AUI", "column AUI: Phoenix's type UNSIGNED_INT ARRAY cannot be carried"),
        ("an unknown table", "--table NOPE --time TS --columns ID", "Phoenix: ERROR 1012 (42M03): Table undefined. tableName=NOPE"),
        ("an unknown column", "--table TY --time TS --columns NOPE", "Phoenix: ERROR 504 (42703): Undefined column"),
    ):
        _, message = plugins.scan(["--source", "protobuf", *options.split()], [(0, 1)])
        check_holds(name, expected, message)


def check_snapshot(cursor, plugins):
    """A run reads the table as it was, whatever is written meanwhile."""
    cursor.execute("CREATE TABLE SNAP (ID BIGINT NOT NULL PRIMARY KEY, TS TIMESTAMP)")
    cursor.execute(f"UPSERT INTO SNAP VALUES (1, TO_TIMESTAMP({TIME}))")
    time.sleep(0.1)
    then = int(time.time() * 1000)
    time.sleep(0.1)
    cursor.execute(f"UPSERT INTO SNAP VALUES (2, TO_TIMESTAMP({TIME}))")
    for options, expected in ((f"--snapshot={then}", "1"), ("--snapshot", "2"), ("--fetch-rows 1", "2")):
        found = plugins.query(f"SELECT count() FROM executable('phoenix_scan --source protobuf --table SNAP --time TS --columns ID {options}', Native, "
                              "'ID Int64', (SELECT 0::Int64, 1800000000000::Int64))")
        check(f"rows with {options.split('=')[0]}", expected, found)


def main():
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        folder, ports, plugins = Path(name), free_ports(3), Plugins()
        process = start(folder, ports)
        address = f"http://127.0.0.1:{ports[1]}/"
        try:
            plugins.add("protobuf", ports[1])
            plugins.add("json", ports[2], serialization="json")
            with phoenixdb.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
                check_types(cursor, plugins)
                check_snapshot(cursor, plugins)
                load(cursor)
            check_beside(plugins, folder, ("protobuf", "json"), "phoenixdb", [sys.executable, "-c", CLIENT, address])
        finally:
            process.kill()
            process.wait()
            plugins.remove()


main()
