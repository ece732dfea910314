"""phoenix_scan against the light server. Prints a line per result, as tests/README.md has it."""

import random
import re
import socket
import time

from light import ROOT, Plugins, Server, check, check_holds, read_native, wait_for

MINUTE_MS = 60000
BEGIN_MS = 1767225600000  # 2026-01-01, UTC
N_CODES = 20000
SPAN_MS = 120 * MINUTE_MS

TYPES = """CREATE TABLE TY (ID BIGINT NOT NULL PRIMARY KEY, TS TIMESTAMP(3), D DATE, TM TIME, NAME VARCHAR(100), CH CHAR(2),
    AMOUNT DECIMAL(18,4), BIG DECIMAL(60,3), QTY INTEGER, OK BOOLEAN, X DOUBLE, B VARBINARY(20), TI TINYINT, SI SMALLINT,
    AI INTEGER ARRAY, AV VARCHAR(10) ARRAY)""".replace("\n", " ")
VALUES = [
    """(9223372036854775807, TIMESTAMP '2026-01-02 03:04:05.678', DATE '2026-01-02', TIME '03:04:05', 'a"b\\c''d € имя', 'ab', 12345.6700,
    1234567890123456789012345678901234567890123456789012345.5, -5, true, 0.1, X'0078ff', -7, 300, ARRAY[1,2,3],
    ARRAY['x','é'])""".replace("\n", " "),
    "(-9223372036854775807, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ARRAY[], ARRAY[])",
    """(5, TIMESTAMP '1969-12-31 23:59:59.999', DATE '1900-01-01', TIME '23:59:59', '', 'zz', -0.0001, -0.001, -2147483648, false,
    -1.7976931348623157E308, X'', -128, -32768, ARRAY[-1,NULL], ARRAY['',NULL,'q'])""".replace("\n", " "),
    """(6, TIMESTAMP '2200-02-28 23:59:59.001', DATE '2200-12-31', TIME '00:00:00', 'tab\tx', '  ', 99999999999999.9999, 0, 2147483647,
    true, 4.9E-324, X'ff', 127, 32767, ARRAY[0], ARRAY['a b'])""".replace("\n", " "),
]
COLUMNS = "ID,TS,D,TM,NAME,CH,AMOUNT,BIG,QTY,OK,X,B,TI,SI,AI,AV"
STRUCTURE = """ID Int64, TS Nullable(DateTime64(3, \\'UTC\\')), D Nullable(DateTime64(3, \\'UTC\\')), TM Nullable(Int32), NAME Nullable(String),
    CH Nullable(String), AMOUNT Nullable(Decimal(18, 4)), BIG Nullable(Decimal(60, 3)), QTY Nullable(Int32), OK Nullable(Bool),
    X Nullable(Float64), B Nullable(String), TI Nullable(Int8), SI Nullable(Int16), AI Array(Nullable(Int32)),
    AV Array(Nullable(String))""".replace("\n", " ")
CODES = [
    "CREATE TABLE CODES (C VARCHAR(40), T VARCHAR(10), OPD TIMESTAMP(3), N BIGINT, MS BIGINT)",
    "CREATE INDEX CODES_OPD ON CODES (OPD)", "CREATE INDEX CODES_MS ON CODES (MS)",
    # Times that cluster and repeat: a product of two numbers, modulo a prime near the span.
    f"INSERT INTO CODES SELECT 'code ' || N, CASE WHEN MOD(N, 7) = 3 THEN NULL ELSE 't' || MOD(N, 3) END, "
    f"TIMESTAMPADD(SQL_TSI_MILLI_SECOND, MOD(N * 104729, {SPAN_MS - 1}), TIMESTAMP '2026-01-01 00:00:00'), N, "
    f"{BEGIN_MS} + MOD(N * 104729, {SPAN_MS - 1}) FROM UNNEST(SEQUENCE_ARRAY(CAST(0 AS BIGINT), CAST({N_CODES - 1} AS BIGINT), "
    "CAST(1 AS BIGINT))) AS S(N)",
]
SCAN = ["--table", "CODES", "--columns", "N", "--time", "OPD", "--backoff-ms", "20"]
WHOLE = [(BEGIN_MS, BEGIN_MS + SPAN_MS)]


def executable(options, structure, windows):
    return (f"executable('phoenix_scan {options}', Native, '{structure}', ({windows}), SETTINGS check_exit_code = 1, "
            "stderr_reaction = 'throw')")


def check_types(server, plugins):
    server.tell("sql " + TYPES)
    for row in VALUES:
        server.tell("sql INSERT INTO TY VALUES " + row)
    server.tell("sql CREATE VIEW TYN AS SELECT TY.*, CAST(0 AS BIGINT) AS MS FROM TY WHERE TS IS NULL")
    for name, part in (("times", "TS IS NOT NULL"), ("NULLs", "TS IS NULL")):
        expected = server.tell(f"dump SELECT * FROM TY WHERE {part} ORDER BY ID")
        for source in ("protobuf", "json"):
            by, window = ("TS", "-9000000000000::Int64, 9000000000000::Int64") if part == "TS IS NOT NULL" else ("MS", "0::Int64, 9::Int64")
            table = "TY" if by == "TS" else "TYN"
            found = plugins.query("SELECT ID, TS, D, TM, NAME, CH, AMOUNT, BIG, QTY, OK, X, hex(B), TI, SI, AI, AV FROM " + executable(
                f"--source {source} --table {table} --time {by} --columns {COLUMNS}", STRUCTURE, f"SELECT {window}") +
                " ORDER BY ID SETTINGS input_format_skip_unknown_fields = 0")
            check(f"{source}: {name}, as JDBC reads them", expected, normal(found))


def check_odd_types(server, plugins):
    server.tell("sql CREATE TABLE ODD (TS TIMESTAMP, X BLOB(10), Y TIMESTAMP WITH TIME ZONE)")
    for source in ("protobuf", "json"):
        for name, kind in (("X", "BLOB"), ("Y", "TIMESTAMP WITH TIME ZONE")):
            _, message = plugins.scan(["--source", source, "--table", "ODD", "--time", "TS", "--columns", name], WHOLE)
            check(f"{source}: a type that cannot be carried", f"phoenix_scan: source {source}: column {name}: Phoenix's type {kind} cannot be carried", message)


def normal(text):
    """ClickHouse's text of doubles and of a NULL's hex, as the light server prints them."""
    rows = []
    for line in text.split("\n"):
        cells = line.split("\t")
        if len(cells) == 16 and cells[10] != "\\N":
            number = float(cells[10])
            cells[10] = {0.1: "0.1", 5e-324: "4.9E-324"}.get(number, "-1.7976931348623157E308")
        rows.append("\t".join(cells))
    return rows


def check_windows(server, plugins):
    rng = random.Random(15)
    cuts = sorted(rng.sample(range(BEGIN_MS, BEGIN_MS + SPAN_MS), 999))
    windows = list(zip([BEGIN_MS, *cuts], [*cuts, BEGIN_MS + SPAN_MS]))
    rng.shuffle(windows)
    out, message = plugins.scan(["--source", "protobuf", *SCAN], windows)
    check("1000 random windows: each row once", (list(range(N_CODES)), ""), (sorted(read_native(out)["N"]), message))
    for source in ("protobuf", "json"):
        for options in (["--slice-minutes", "7", "--fetch-rows", "1"], ["--slice-minutes", "1", "--fetch-rows", "99"],
                        ["--slice-minutes", "50", "--fetch-rows", "100000"]):
            window = [(BEGIN_MS + 1234, BEGIN_MS + (4 if options[3] == "1" else 97) * MINUTE_MS + 1)]
            out, message = plugins.scan(["--source", source, *SCAN, *options], window)
            expected = [int(n) for n in server.tell("dump SELECT N FROM CODES WHERE MS >= {} AND MS < {} ORDER BY N".format(*window[0]))]
            check(f"{source} {' '.join(options)}: the rows of the window", (expected, ""), (sorted(read_native(out)["N"]), message))
    out, message = plugins.scan(["--source", "protobuf", "--table", "CODES", "--time", "MS", "--columns", "MS,N:Nullable(Int64)"], WHOLE)
    found = read_native(out)
    check("a BIGINT of milliseconds as time", list(range(N_CODES)), sorted(found["N"]))
    check("no rows: a block without any", ({"N": []}, ""), (lambda o, m: (read_native(o), m))(*plugins.scan(["--source", "protobuf", *SCAN], [(0, 5)])))
    check("no windows: nothing", (b"", ""), plugins.scan(["--source", "protobuf", *SCAN], []))
    found = plugins.query("SELECT count(), sum(n), min(opd), max(opd) FROM " + executable(
        "--source protobuf --table CODES --time opd --columns n,opd --slice-minutes 30", "n Int64, opd DateTime64(3, \\'UTC\\')",
        "SELECT toDateTime64('2026-01-01 03:00:00', 3, 'Europe/Moscow'), toDateTime64('2026-01-01 02:00:00', 3, 'UTC')"))
    check("windows of DateTime64 in two time zones", f"{N_CODES}\t{N_CODES * (N_CODES - 1) // 2}", "\t".join(found.split("\t")[:2]))


def check_whole(name, plugins, options, attempts, outcomes=None, source="protobuf"):
    """All rows once, and what the details say."""
    run = name.replace(" ", "-").replace(":", "").replace(",", "")
    out, message = plugins.scan(["--source", source, *SCAN, "--run", run, *options], WHOLE)
    details = plugins.read_details(run)
    check(f"{name}: each row once", (list(range(N_CODES)), ""), (sorted(read_native(out)["N"]) if message == "" else None, message))
    check(f"{name}: attempts and reasons", attempts, [(d["attempts"], d["reason"]) for d in details][:len(attempts)])
    check(f"{name}: rows in the details", N_CODES, sum(d["rows"] for d in details))
    if outcomes is not None:
        check(f"{name}: outcomes", outcomes, [d["outcome"] for d in details])


def check_faults(server, plugins):
    for source in ("protobuf", "json"):
        server.tell("refuse 2")
        check_whole(f"{source}: refused twice", plugins, [], [(3, "overload")], source=source)
        server.tell("expire 1")
        check_whole(f"{source}: an expired statement", plugins, [], [(2, "expired")], source=source)
        server.tell("hang 1 1500")
        check_whole(f"{source}: a time-out in the middle", plugins, [], [(2, "timeout")], source=f"{source}_hasty")
    server.tell("refuse-longer 40")
    check_whole("halved", plugins, ["--max-attempts", "2"], [(2, "overload"), (2, "overload"), (1, ""), (1, "")],
                ["halved", "halved", "read", "read", "halved", "read", "read"])
    server.tell("executes")
    _, message = plugins.scan(["--source", "protobuf", *SCAN, "--max-attempts", "2", "--min-split-minutes", "50"], WHOLE)
    check("no smaller than --min-split-minutes: the message", "phoenix_scan: source protobuf: slice from 2026-01-01 00:00:00.000 to "
          "2026-01-01 01:00:00.000, attempt 2: expected Phoenix to run the statement, found its pool full", message)
    check("no smaller than --min-split-minutes: executes", ["4"], server.tell("executes"))
    _, message = plugins.scan(["--source", "protobuf", *SCAN, "--max-attempts", "1", "--max-depth", "1"], WHOLE)
    check_holds("no deeper than --max-depth", "01:00:00.000, attempt 1: expected Phoenix to run the statement", message)
    server.tell("refuse-longer 0")
    server.tell("executes")
    plugins.scan(["--source", "protobuf", *SCAN, "--columns", "NOPE"], WHOLE)
    plugins.scan(["--source", "protobuf", *SCAN, "--columns", "N:Int8"], WHOLE)
    check("an error that would come again is told at once", ["1"], server.tell("executes"))


def check_killed(server, plugins):
    """The server ends between two frames, and comes back."""
    server.tell("kill")
    process = plugins.start(["--source", "protobuf", *SCAN, "--backoff-ms", "500", "--max-attempts", "20", "--run", "killed", "--fetch-rows", "500"], WHOLE)
    server.process.wait(60)
    server.start()
    out, message = process.communicate(timeout=60)
    check("a server killed between frames: each row once", (list(range(N_CODES)), b""), (sorted(read_native(out)["N"]), message))
    detail = plugins.read_details("killed")[0]
    check("a server killed between frames: more than one attempt", (True, "lost"), (detail["attempts"] > 1, detail["reason"]))
    _, message = plugins.scan(["--source", "gone", *SCAN], WHOLE)
    check("a server that is not there", "phoenix_scan: source gone: cannot connect to the server: Connection refused", message)


def check_slow_reader(plugins):
    """A reader that stops for longer than the server keeps a connection: that of a server that keeps it two seconds."""
    server = Server(CODES, ["avatica.connectioncache.expiryduration=2", "avatica.connectioncache.expiryunit=SECONDS"])
    plugins.add("forgetful", server.ports[0], details=plugins.details)
    process = plugins.start(["--source", "forgetful", *SCAN, "--columns", "C,T,N,MS", "--slice-minutes", "10", "--max-memory", "16M",
                             "--patience", "60", "--run", "slow"], WHOLE * 6)
    out = process.stdout.read(200000)
    wait_for(lambda: quiet(plugins), "the scan goes on while nobody reads")
    time.sleep(4)
    out += process.stdout.read()
    message = process.stderr.read()
    check("a slow reader: exit status and message", (0, b""), (process.wait(60), message))
    check("a slow reader: each row once a window", sorted(list(range(N_CODES)) * 6), sorted(read_native(out)["N"]))
    reasons = {d["reason"] for d in plugins.read_details("slow")}
    check("a slow reader: its connection expired, and the slice was read again", {"", "expired"}, reasons)
    server.end()


def quiet(plugins, seconds=1.5):
    before = len(plugins.read_details("slow"))
    time.sleep(seconds)
    return before == len(plugins.read_details("slow"))


def check_connections(plugins, server):
    """At most max_connections processes at once; those that are killed leave no trace."""
    server.tell("hang 1 1500")
    first = plugins.start(["--source", "single", *SCAN], WHOLE)
    time.sleep(0.5)
    _, message = plugins.scan(["--source", "single", *SCAN], WHOLE)
    check("max_connections: one too many", "phoenix_scan: source single: expected one of its 1 connections to become free "
          "within 300 ms, found all in use", message)
    first.kill()
    first.communicate()
    _, message = plugins.scan(["--source", "single", *SCAN], WHOLE)
    check("max_connections: free after a kill", "", message)


def check_messages(plugins):
    for name, options, expected in (
        ("an unknown source", ["--source", "nope"], "source nope: expected a source that phoenix_sources.conf has, found 'nope'"),
        ("a URL as source", ["--source", "http://127.0.0.1:1/"], "--source: expected a name of letters, digits, '_', '.' and '-', found another"),
        ("a URL as an option", ["--url", "http://127.0.0.1:1/"], "expected an option and its value, found '--url'"),
        ("a URL as a word", ["http://127.0.0.1:1/"], "expected options only, found 'http://127.0.0.1:1/'"),
        ("a statement as table", ["--table", "CODES;DROP"], "--table: expected an identifier of Phoenix"),
        ("an unknown column", ["--columns", "N,NOPE"], "user lacks privilege or object not found: NOPE"),
        ("a type that does not fit", ["--columns", "C:Int64"], "column C: Phoenix's type VARCHAR cannot become Int64"),
        ("a value that does not fit", ["--columns", "N:Int8"], "column N: expected a value of Int8, found "),
        ("a NULL where none may be", ["--columns", "T:String"], "column T: expected a value of String, found a NULL"),
        ("a time column that is none", ["--time", "C"], "--time: expected a TIMESTAMP, a DATE or a BIGINT of milliseconds, found 'C' of Phoenix's type VARCHAR"),
        ("https", ["--source", "tls"], "url: expected http://HOST:PORT/; a server that wants TLS is reached through a local TLS proxy"),
        ("the wrong serialization", ["--source", "other"], "expected an answer of Phoenix's query server in protobuf, found HTTP status 500"),
        ("a wrong password", ["--source", "stranger"], "the server refuses the source's user and password (HTTP status 401)"),
        ("no folder for details", ["--source", "other", "--run", "x"], "expected a source with a folder for details, found one without"),
        ("a run that leaves its folder", ["--run", "../x"], "--run: expected a name of letters, digits, '_', '.' and '-', found another"),
        ("out of memory", ["--max-memory", "4M", "--fetch-rows", "200000", "--columns", "C,T,N,MS"], "a slice is held whole; cut it smaller with --slice-minutes"),
    ):
        _, message = plugins.scan(["--source", "protobuf", *SCAN, *options], WHOLE)
        check_holds(name, expected, message)
        check(f"{name}: no address, no password", False, any(secret in message.replace("http://127.0.0.1:1/", "") for secret in ("127.0.0.1", "wr0ng")))
    plugins.add("protobuf", 1)
    _, message = plugins.scan(["--source", "protobuf", *SCAN], WHOLE)
    check_holds("a source that stands twice", "expected sections that differ, found [protobuf] twice", message)
    plugins.file.chmod(0o640)
    _, message = plugins.scan(["--source", "protobuf", *SCAN], WHOLE)
    check_holds("a file that others can read", "expected a file of the server's user that nobody else can read or write (mode 600)", message)


def check_silent(plugins):
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        plugins.add("silent", silent.getsockname()[1], read_timeout_ms=200)
        _, message = plugins.scan(["--source", "silent", *SCAN, "--max-attempts", "2"], WHOLE)
    check("a server that is silent", "phoenix_scan: source silent: expected an answer of the server within 200 ms, found none", message)


def check_full(plugins):
    """A server that takes no connection, for its queue is full."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        plugins.add("full", full.getsockname()[1])
        _, message = plugins.scan(["--source", "full", *SCAN, "--probe-timeout-ms", "200"], WHOLE)
        for one in waiting:
            one.close()
    check("--probe-timeout-ms", "phoenix_scan: source full: expected a connection to the server within 200 ms, found none", message)


def check_heartbeat(server, plugins):
    """Empty blocks while the server is silent; a reader that is gone ends the program then."""
    server.tell("hang 1 3500")
    process = plugins.start(["--source", "protobuf", *SCAN, "--heartbeat"], WHOLE)
    empty = bytes([1, 0, 1]) + b"N" + bytes([0x8F, 0]) + b"Nullable(Int64)"
    out, message = process.communicate(timeout=60)
    check("--heartbeat: empty blocks come first", True, out.startswith(empty * 2))
    check("--heartbeat: each row once", (list(range(N_CODES)), b""), (sorted(read_native(out)["N"]), message))
    server.tell("hang 1 20000")
    process = plugins.start(["--source", "protobuf", *SCAN, "--heartbeat"], WHOLE)
    began = time.monotonic()
    process.stdout.close()
    process.wait(60)
    check("--heartbeat: ends soon after its reader", True, time.monotonic() - began < 12)
    process.stderr.close()


def check_basic(plugins):
    out, message = plugins.scan(["--source", "basic", *SCAN], WHOLE)
    check("basic authentication", (N_CODES, ""), (len(read_native(out)["N"]), message))


def check_details(plugins):
    found = plugins.query("SELECT sum(JSONExtractUInt(detail, 'rows')) FROM executable('phoenix_scan --source protobuf --details halved', "
                          "Native, 'detail String', SETTINGS check_exit_code = 1, stderr_reaction = 'throw')")
    check("--details, in SQL", str(N_CODES), found)
    found = plugins.query("SELECT * FROM executable('phoenix_scan --source json --table CODES --time OPD --columns c,N:UInt64 --describe', Native, "
                          "'name String, phoenix_type String, type String', SETTINGS check_exit_code = 1)")
    check("--describe, in SQL", "c\tVARCHAR\tNullable(String)\nN\tBIGINT\tUInt64", found)
    message = plugins.query("SELECT * FROM " + executable("--source nope --table CODES --time OPD --columns N", "N Int64", "SELECT 0::Int64, 1::Int64"))
    check_holds("a message reaches SQL", "phoenix_scan: source nope: expected a source that phoenix_sources.conf has", message)


def check_documents(plugins):
    """The examples of docs/phoenix.md, as they stand there."""
    page = (ROOT / "docs" / "phoenix.md").read_text()
    found = [plugins.query(sql) for sql in re.findall(r"```sql\n(.*?)```", page, re.S)]
    check("docs/phoenix.md: the scan", f"{N_CODES}\t{N_CODES * (N_CODES - 1) // 2}", "\t".join(found[0].split("\t")[:2]))
    check("docs/phoenix.md: --describe", "c\tVARCHAR\tNullable(String)", found[1].split("\n")[0])
    check("docs/phoenix.md: the details", f"read\t{N_CODES}", found[2])
    check("docs/phoenix.md: examples", 3, len(found))


def main():
    server, plugins = Server(CODES), Plugins()
    try:
        protobuf, json_port, basic = server.ports
        plugins.add("protobuf", protobuf, details=plugins.details)
        plugins.add("json", json_port, serialization="json", details=plugins.details)
        for name, port, serialization in (("protobuf", protobuf, "protobuf"), ("json", json_port, "json")):
            plugins.add(f"{name}_hasty", port, serialization=serialization, read_timeout_ms=500, details=plugins.details)
        plugins.add("single", f"http://localhost:{protobuf}", max_connections=1, connect_timeout_ms=300)
        plugins.add("trace", protobuf, details=plugins.details)
        plugins.add("gone", 1)
        plugins.add("tls", "https://127.0.0.1:1/")
        plugins.add("other", json_port)
        plugins.add("basic", basic, serialization="json", authentication="basic", user="reader", password="secret")
        plugins.add("stranger", basic, serialization="json", authentication="basic", user="reader", password="wr0ng")
        check_types(server, plugins)
        check_odd_types(server, plugins)
        check_windows(server, plugins)
        check_faults(server, plugins)
        check_details(plugins)
        check_documents(plugins)
        check_basic(plugins)
        check_heartbeat(server, plugins)
        check_silent(plugins)
        check_full(plugins)
        check_connections(plugins, server)
        check_killed(server, plugins)
        check_slow_reader(plugins)
        check_messages(plugins)
    finally:
        server.process.kill()
        server.process.wait()
        plugins.remove()


main()
