"""What is measured against what: the cases, their peers and the targets."""

from dataclasses import dataclass, field

TUPLE = "Tuple(n UInt64, mean Float64, m2 Float64)"
PERIOD_TUPLE = "Array(Tuple(UInt64,UInt32,Int64,Int64,UInt64,UInt64))"
ROW_TUPLE = "Array(Tuple(UInt64,UInt32,UInt8,UInt32,UInt32))"
TIMES = [("key", "UInt64"), ("times", "Array(Int64)"), ("gap", "Int64"), ("max_span", "Int64")]

ROW_COLUMNS = "period_id:UInt64 period_number:UInt32 is_first_in_period:UInt8"
PERIOD_COLUMNS = (
    "key:UInt64 period_id:UInt64 period_number:UInt32 period_first:UInt32 period_last:UInt32"
    " period_length:UInt64 unique_period_length:UInt64"
)
IN_ORDER = "SETTINGS optimize_aggregation_in_order = 1"


@dataclass
class Contender:
    """One way to do a case's job."""

    name: str
    sql: str = None  # a SELECT without FORMAT
    pooled: str = None  # the command whose processes do the work; else `measured` reports
    worker: tuple = None  # (engine, query) of worker.py
    raw: bool = False  # raw_pipe, with the bytes of the case's first contender
    check: str = None  # an expression over the SELECT that all contenders that have one agree on
    expected: str = None  # a value that it must have: for those whose SELECT differs
    warm: bool = True  # run once before the measured rounds


@dataclass
class Target:
    """contender / against, medians of the rounds' ratios, at_most or at_least; or a value. Without a
    limit of its own it tells what the echo reaches where a target is missed."""

    contender: str
    against: str = None
    at_most: float = None
    at_least: float = None
    measure: str = "seconds"  # or events_per_second, memory_mib, milliseconds


@dataclass
class Case:
    name: str
    title: str
    rows: int
    contenders: list
    targets: list = field(default_factory=list)


def as_columns(words):
    """'a:UInt64 b:UInt8' as a structure: 'a UInt64, b UInt8'."""
    return ", ".join(word.replace(":", " ", 1) for word in words.split(" "))


def executable(command, structure, source):
    quoted = structure.replace("'", "\\'")
    return (
        f"SELECT * FROM executable('measured {command}', Native, '{quoted}', ({source}),"
        " SETTINGS check_exit_code = 1, stderr_reaction = 'throw',"
        " command_read_timeout = 3600000, command_write_timeout = 3600000)"
    )


def window_rows(table, key="key"):
    # The sum is over RANGE: over ROWS it counts tied events before their period's first.
    window = f"PARTITION BY {key} ORDER BY ts"
    rows = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
    return f"""SELECT {key}, ts, is_first, sum(is_first) OVER ({window}) AS number
        FROM (SELECT {key}, ts, ts - lagInFrame(ts) OVER ({window} {rows}) > 1800 AS is_first
            FROM {table})"""


def array_rows(table, key="key"):
    # Without the sort the halves of a key that two threads read come together in any order.
    return f"""SELECT {key}, t AS ts, first AS is_first, number
        FROM (SELECT {key}, arraySort(groupArray(ts)) AS times,
            arrayMap((d, i) -> d > 1800 OR i = 1, arrayDifference(times), arrayEnumerate(times)) AS firsts,
            arrayCumSum(firsts) AS numbers
            FROM {table} GROUP BY {key} {IN_ORDER})
        ARRAY JOIN times AS t, firsts AS first, numbers AS number"""


def array_periods(table):
    return f"""SELECT key, p.1 AS number, p.2[1] AS period_first, p.2[-1] AS period_last,
            length(p.2) AS period_length, arrayUniq(p.2) AS unique_period_length
        FROM (SELECT key, arraySort(groupArray(ts)) AS times,
            arraySplit((t, d) -> d > 1800, times, arrayDifference(times)) AS periods
            FROM {table} GROUP BY key {IN_ORDER})
        ARRAY JOIN arrayZip(arrayEnumerate(periods), periods) AS p"""


def window_periods(table):
    return f"""SELECT key, number, min(ts) AS period_first, max(ts) AS period_last,
            count() AS period_length, uniqExact(ts) AS unique_period_length
        FROM ({window_rows(table)}) GROUP BY key, number"""


def stream_rows(table, where="", options="--gap 1800", key="key UInt64", keys="key"):
    count = len(keys.split(", "))
    return executable(
        f"period_stream --keys {count} --time ts {options}",
        f"{key}, ts DateTime('UTC'), " + as_columns(ROW_COLUMNS),
        f"SELECT {keys}, ts FROM {table} {where} ORDER BY {keys}, ts",
    )


def stream_periods(table, where="", options="--gap 1800"):
    structure = as_columns(PERIOD_COLUMNS).replace("_first UInt32", "_first DateTime('UTC')")
    return executable(
        f"period_stream --keys 1 --time ts --emit periods {options}",
        structure.replace("_last UInt32", "_last DateTime('UTC')"),
        f"SELECT key, ts FROM {table} {where} ORDER BY key, ts",
    )


def echo_rows(table, where="", key="key UInt64", keys="key"):
    return executable(
        f"echo stream {ROW_COLUMNS}",
        f"{key}, ts DateTime('UTC'), " + as_columns(ROW_COLUMNS),
        f"SELECT {keys}, ts FROM {table} {where} ORDER BY {keys}, ts",
    )


def row_check(prefix=""):
    number = "period_number" if prefix else "number"
    first = "is_first_in_period" if prefix else "is_first"
    return f"(count(), sum({number}), sum({first}))"


PERIOD_CHECK = (
    "(count(), sum(period_length), sum(unique_period_length), sum(toUInt64(period_last - period_first)))"
)


def over_arrays(function, column, table, where="", arguments="{}"):
    call = f"{function}(" + arguments.format("list") + ")"
    return (
        f"SELECT key, {call} AS result FROM (SELECT key, groupArray({column}) AS list"
        f" FROM {table} {where} GROUP BY key {IN_ORDER})"
    )


def fold_capped(n):
    # The periods' first ticks: the shortest state that can say it, copied at every step.
    return f"""SELECT arrayFold((firsts, t, d) ->
                if(d > 1800 OR t - firsts[-1] > 86400, arrayPushBack(firsts, t), firsts),
            arrayPopFront(times), arrayPopFront(arrayDifference(times)), [times[1]]) AS firsts
        FROM (SELECT CAST(groupArray(ts), 'Array(Int64)') AS times
            FROM (SELECT ts FROM skewed WHERE key = 1000 ORDER BY ts LIMIT {n}))"""


def capped_stream(n):
    return stream_rows(
        f"(SELECT key, ts FROM skewed WHERE key = 1000 ORDER BY key, ts LIMIT {n})",
        options="--gap 1800 --max-span 86400",
    )


def capped_echo(n):
    return echo_rows(f"(SELECT key, ts FROM skewed WHERE key = 1000 ORDER BY key, ts LIMIT {n})")


def functions(facts):
    """The pooled functions that only the benchmark has: (name, command, arguments, returns)."""
    events, keys = facts["events"], facts["keys"]
    share = f"--share {facts['periods']} {events}"
    values = [("values", "Array(Float64)")]
    strings = "echo function --string-bytes {} {} String"
    return [
        ("echoPeriodRows", f"echo function {ROW_TUPLE}", TIMES, ROW_TUPLE),
        ("echoPeriods", f"echo function {share} {PERIOD_TUPLE}", TIMES, PERIOD_TUPLE),
        ("echoMoments", "echo function Tuple(UInt64,Float64,Float64)", values,
         "Tuple(UInt64,Float64,Float64)"),
        ("echoExact", strings.format(facts["exact_bytes"], keys), values, "String"),
        ("echoActivity", strings.format(facts["activity_bytes"], keys),
         [("times", "Array(Int64)")], "String"),
        ("pythonPeriodRows", "python_peer.py periodRows", TIMES,
         ROW_TUPLE.replace("UInt64,UInt32,UInt8,UInt32,UInt32",
                           "id UInt64, number UInt32, is_first UInt8, length UInt32,"
                           " unique_length UInt32")),
        ("pythonWelfordState", "python_peer.py welfordState", values, TUPLE),
    ]  # fmt: skip


def stream_cases(facts):
    events, small = facts["events"], facts["small_events"]
    few = f"WHERE key < {facts['small_keys']}"
    share = f"--share {facts['periods']} {events}"
    python = executable(
        "python_peer.py stream 1800",
        "key UInt64, ts DateTime('UTC'), " + as_columns(ROW_COLUMNS),
        f"SELECT key, ts FROM events {few} ORDER BY key, ts",
    )
    yield Case(
        "rows", "period_stream --emit rows", events,
        [
            Contender("saltwell", stream_rows("events"), check=row_check("period_")),
            Contender("echo", echo_rows("events")),
            Contender("raw pipes", raw=True),
            Contender("arrays", array_rows("events"), check=row_check()),
            Contender("windows", window_rows("events"), check=row_check()),
            Contender("DuckDB windows", worker=("duckdb", "rows")),
        ],
        [
            Target("saltwell", "echo", at_most=1.15),
            Target("windows", "saltwell", at_least=4),
            Target("saltwell", "arrays", at_most=1.5),
            Target("echo", "arrays"),
            Target("saltwell", at_most=64, measure="memory_mib"),
        ],
    )  # fmt: skip
    yield Case(
        "periods", "period_stream --emit periods", events,
        [
            Contender("saltwell", stream_periods("events"), check=PERIOD_CHECK),
            Contender("echo", executable(f"echo stream {share} {PERIOD_COLUMNS}",
                                         as_columns(PERIOD_COLUMNS),
                                         "SELECT key, ts FROM events ORDER BY key, ts")),
            Contender("raw pipes", raw=True),
            Contender("arrays", array_periods("events"), check=PERIOD_CHECK),
            Contender("windows + GROUP BY", window_periods("events"), check=PERIOD_CHECK),
            Contender("DuckDB windows", worker=("duckdb", "periods")),
        ],
        [
            Target("arrays", "saltwell", at_least=1),
            Target("windows + GROUP BY", "saltwell", at_least=10),
            Target("windows + GROUP BY", "echo"),
        ],
    )  # fmt: skip
    yield Case(
        "rows-small", "period_stream --emit rows, a tenth of the keys", small,
        [
            Contender("saltwell", stream_rows("events", few), check=row_check("period_")),
            Contender("echo", echo_rows("events", few)),
            Contender("Python", python, check=row_check("period_"), warm=False),
            Contender("Spark windows", worker=("spark", "rows")),
        ],
        [Target("Python", "saltwell", at_least=30), Target("Python", "echo")],
    )  # fmt: skip


def capped_cases(facts):
    hot = facts["hot"]
    where = "WHERE key = 1000"
    options = "--gap 1800 --max-span 86400"
    # From a subquery in order: two threads would hand the key's events over in two runs, to be sorted.
    one = (
        "SELECT periods(1000, groupArray(ts), 1800, 86400) AS result"
        f" FROM (SELECT ts FROM skewed {where} ORDER BY key, ts)"
    )
    yield Case(
        "capped", "one key, periods of at most a day", hot,
        [
            Contender("stream rows", stream_rows("skewed", where, options)),
            Contender("echo rows", echo_rows("skewed", where)),
            Contender("stream periods", stream_periods("skewed", where, options)),
            Contender("periods()", one, pooled="periods periods"),
        ],
        [
            Target("stream rows", at_least=50e6, measure="events_per_second"),
            Target("stream periods", at_least=50e6, measure="events_per_second"),
            Target("periods()", at_least=50e6, measure="events_per_second"),
        ],
    )  # fmt: skip
    for n in (50_000, 100_000, 200_000, 400_000):
        if n > hot:
            continue
        yield Case(
            f"capped-{n // 1000}k", "the same over the key's first events, arrayFold", n,
            [
                Contender("saltwell", capped_stream(n), check="uniqExact(period_number)"),
                Contender("echo", capped_echo(n)),
                Contender("arrayFold", fold_capped(n), check="sum(length(firsts))",
                          warm=n <= 50_000),
            ],
            [Target("arrayFold", "saltwell", at_least=1000), Target("arrayFold", "echo")]
            if n == 400_000
            else [],
        )  # fmt: skip


def array_cases(facts):
    events, small = facts["events"], facts["small_events"]
    few = f"WHERE key < {facts['small_keys']}"
    rule = "key, {}, 1800, 0"

    def pair(name, ours, echo, column, arguments, command):
        return Case(
            name, f"{ours} over groupArray", events,
            [
                Contender("saltwell", over_arrays(ours, column, "events", "", arguments), command),
                Contender("echo", over_arrays(echo[0], column, "events", "", arguments), echo[1]),
                Contender("raw pipes", raw=True),
            ],
            [Target("saltwell", "echo", at_most=1.15)],
        )  # fmt: skip

    commands = {name: command for name, command, _, _ in functions(facts)}

    def echo(name):
        return name, commands[name]

    yield pair("periodRows", "periodRows", echo("echoPeriodRows"), "ts", rule, "periods periodRows")
    yield pair("periods-array", "periods", echo("echoPeriods"), "ts", rule, "periods periods")
    yield pair("activityState", "activityState", echo("echoActivity"), "ts", "{}",
               "activity activityState")  # fmt: skip
    moments = pair("moments", "welfordState", echo("echoMoments"), "value", "{}",
                   "welford welfordState")  # fmt: skip
    moments.title += ", and exactState"
    moments.contenders += [
        Contender("exactState", over_arrays("exactState", "value", "events"), "exact exactState"),
        Contender("echo for exactState", over_arrays("echoExact", "value", "events"),
                  commands["echoExact"]),
        Contender("varSampStable",
                  "SELECT key, count(), avg(value), varSampStable(value) FROM events"
                  f" GROUP BY key {IN_ORDER}"),
        Contender("varSampStable -State -Merge",
                  "SELECT key, varSampStableMerge(state) FROM (SELECT key,"
                  " varSampStableState(value) AS state FROM events GROUP BY key, toHour(ts)) GROUP BY key"),
    ]  # fmt: skip
    moments.targets.append(Target("exactState", "saltwell", at_most=2))
    yield moments
    yield Case(
        "periodRows-small", "periodRows over groupArray, a tenth of the keys", small,
        [
            Contender("saltwell", over_arrays("periodRows", "ts", "events", few, rule),
                      "periods periodRows", check="sum(arraySum(result.number))"),
            Contender("echo", over_arrays("echoPeriodRows", "ts", "events", few, rule),
                      commands["echoPeriodRows"]),
            Contender("Python", over_arrays("pythonPeriodRows", "ts", "events", few, rule),
                      "python_peer.py periodRows", check="sum(arraySum(result.number))", warm=False),
        ],
        [Target("Python", "saltwell", at_least=30), Target("Python", "echo")],
    )  # fmt: skip
    yield Case(
        "welfordState-small", "welfordState over groupArray, a tenth of the keys", small,
        [
            Contender("saltwell", over_arrays("welfordState", "value", "events", few),
                      "welford welfordState", check="sum(result.n)"),
            Contender("echo", over_arrays("echoMoments", "value", "events", few),
                      commands["echoMoments"]),
            Contender("Python", over_arrays("pythonWelfordState", "value", "events", few),
                      "python_peer.py welfordState", check="sum(result.n)", warm=False),
        ],
        [Target("Python", "saltwell", at_least=30), Target("Python", "echo")],
    )  # fmt: skip


def merge_cases(facts):
    source = "SELECT key, a, b, c FROM partials ORDER BY key"
    names = f"key UInt64, a {TUPLE}, b {TUPLE}, c {TUPLE}"
    bare = "Tuple(UInt64,Float64,Float64)"
    columns = f"key:UInt64 a:{bare} b:{bare} c:{bare}"
    yield Case(
        "merge", "merge_partials, 3 metrics, 8 partials a key", facts["partials"],
        [
            Contender("saltwell", executable("merge_partials --keys 1", names, source),
                      check="(count(), sum(a.n), sum(b.n))"),
            Contender("echo", executable(f"echo stream --share 1 8 {columns}", as_columns(columns),
                                         source)),
            Contender("raw pipes", raw=True),
            Contender("varSampStableMerge",
                      "SELECT key, varSampStableMerge(a), varSampStableMerge(b),"
                      f" varSampStableMerge(c) FROM partial_states GROUP BY key {IN_ORDER}"),
        ],
        [Target("saltwell", "echo", at_most=1.15)],
    )  # fmt: skip


def log_cases(facts):
    if "log" not in facts:
        return
    yield Case(
        "log", "period_stream --emit rows, the real log by user", facts["log"],
        [
            Contender("saltwell",
                      stream_rows("log", key="day Date, ip UInt32", keys="day, ip"),
                      check=row_check("period_")),
            Contender("echo", echo_rows("log", key="day Date, ip UInt32", keys="day, ip")),
            Contender("arrays", array_rows("log", key="day, ip"), check=row_check()),
            Contender("windows", window_rows("log", key="day, ip"), check=row_check()),
        ],
    )  # fmt: skip


def all_cases(facts):
    for group in (stream_cases, capped_cases, array_cases, merge_cases, log_cases):
        yield from group(facts)
