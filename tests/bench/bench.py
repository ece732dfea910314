"""Measures Saltwell against its peers and against the limit of the pipe. `make bench` calls it.

Environment: BUILD, BENCH_ROWS (50000000), BENCH_RUNS (5), BENCH_CASES (a regular expression over the
cases' names), SALTWELL_DATA (the folder of real data).
"""

import os
import re
import signal
import statistics
import subprocess
import sys

import engines
import report
import wire
from cases import TIMES, all_cases, functions
from chart import write_chart
from server import QueryFailed, Server

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
FOLDER = os.path.join(BUILD, "bench")
ROWS = int(os.environ.get("BENCH_ROWS") or 50_000_000)
RUNS = int(os.environ.get("BENCH_RUNS") or 5)
CASES = os.environ.get("BENCH_CASES", "")
DATA = os.environ.get("SALTWELL_DATA", os.path.join(HERE, "../../../shared/data"))
CHECKED_ROWS = 5_000_000  # above, comparing the contenders' answers would take longer than the runs
LOG = "cran_logs_20140101_20140119.csv.zst"


def say(text):
    print(text, flush=True)


def load_tables(server, facts):
    """Fills the tables, unless those of an earlier run are there."""
    made = server.value("EXISTS TABLE made") == "1"
    if made and server.value("SELECT max(rows) FROM made") == str(ROWS):
        return
    say("making the tables ...")
    for table in ("events", "skewed", "partials", "partial_states", "log", "made"):
        server.query(f"DROP TABLE IF EXISTS {table} SYNC")
    with open(f"{HERE}/data.sql", encoding="utf-8") as file:
        text = re.sub(r"^--.*$", "", file.read(), flags=re.MULTILINE)
    for name in ("keys", "hot", "partials"):
        text = text.replace("{" + name + "}", str(facts[name]))
    for statement in filter(None, map(str.strip, text.split(";"))):
        server.query(statement, max_partitions_per_insert_block=0)
    load_log(server)
    server.query("CREATE TABLE made (rows UInt64) ENGINE = MergeTree ORDER BY rows")
    server.query(f"INSERT INTO made VALUES ({ROWS})")


def load_log(server):
    path = os.path.abspath(os.path.join(DATA, LOG))
    if not os.path.exists(path):
        return
    server.query(
        "CREATE TABLE log (day Date, ip UInt32, ts DateTime('UTC'))"
        " ENGINE = MergeTree ORDER BY (day, ip, ts)"
    )
    server.query(
        "INSERT INTO log SELECT date, ip_id, toDateTime(concat(date::String, ' ', time::String), 'UTC')"
        f" FROM file('{path}', CSVWithNames, 'date Date, time String, size String, r_version String,"
        " r_arch String, r_os String, package String, version String, country String, ip_id UInt32')"
    )
    server.query("OPTIMIZE TABLE log FINAL")


def measure_facts(server, facts):
    """What the echo programs must know: how many bytes the real ones answer with."""
    arrays = "SELECT key, groupArray({}) AS list FROM events GROUP BY key"
    facts["events"] = int(server.value("SELECT count() FROM events"))
    facts["small_keys"] = max(1, facts["keys"] // 10)
    facts["small_events"] = int(
        server.value(f"SELECT count() FROM events WHERE key < {facts['small_keys']}")
    )
    facts["periods"] = int(
        server.value(
            "SELECT sum(length(periods(key, list, 1800, 0))) FROM (" + arrays.format("ts") + ")"
        )
    )
    for name, function, column in (
        ("activity_bytes", "activityState", "ts"),
        ("exact_bytes", "exactState", "value"),
    ):
        facts[name] = int(
            server.value(f"SELECT sum(length({function}(list))) FROM ({arrays.format(column)})")
        )
    if server.value("EXISTS TABLE log") == "1":
        facts["log"] = int(server.value("SELECT count() FROM log"))
    else:
        say("skip log: the real log is not there (SALTWELL_DATA)")


class Bench:
    """The rounds over all cases."""

    def __init__(self, server, workers):
        self.server = server
        self.workers = workers
        self.runs = []  # dictionaries, one per run
        self.bytes_of_first = (0, 0)

    def run_sql(self, contender):
        before = contender.pooled and self.server.pooled_usage(contender.pooled, reset_peak=True)
        self.server.take_usage()
        cost = self.server.run(contender.sql)
        usage = self.server.take_usage() or {}
        if contender.pooled:
            after = self.server.pooled_usage(contender.pooled)
            usage = {
                name: after[name] - (0 if name == "rss_bytes" else before[name]) for name in after
            }
        return dict(usage, **cost)

    def run_raw(self):
        in_bytes, out_bytes = self.bytes_of_first
        words = [f"{BUILD}/bench/bin/raw_pipe", str(in_bytes), str(out_bytes)]
        answer = subprocess.run(words, capture_output=True, check=True, text=True)
        return {"seconds": float(answer.stdout), "in_bytes": in_bytes, "out_bytes": out_bytes}

    def run_once(self, contender):
        if contender.raw:
            return self.run_raw()
        if contender.worker:
            seconds, rss_bytes = self.workers[contender.worker[0]].run(contender.worker[1])
            return {"seconds": seconds, "rss_bytes": rss_bytes}
        return self.run_sql(contender)

    def check(self, case):
        """All that have a check must agree: a fast wrong answer is no measurement."""
        found = {}
        for contender in case.contenders:
            if contender.check:
                sql = f"SELECT {contender.check} FROM ({contender.sql})"
                found[contender.name] = self.server.value(sql)
        if len(set(found.values())) > 1:
            raise SystemExit(f"bench: {case.name}: the contenders disagree: {found}")

    def run_case(self, case):
        contenders = [c for c in case.contenders if not c.worker or c.worker[0] in self.workers]
        for contender in contenders:
            if contender.warm:
                run = self.run_once(contender)
                if contender is contenders[0]:
                    self.bytes_of_first = (run.get("in_bytes", 0), run.get("out_bytes", 0))
        if ROWS <= CHECKED_ROWS:
            self.check(case)
        for round_number in range(RUNS):
            for contender in contenders:
                run = self.run_once(contender)
                run.update(case=case.name, contender=contender.name, round=round_number)
                self.runs.append(run)
        for contender in contenders:
            times = [
                run["seconds"]
                for run in self.runs
                if run["case"] == case.name and run["contender"] == contender.name
            ]
            say(f"  {contender.name:28} {statistics.median(times):9.3f} s")


def cold_starts():
    """Milliseconds from a program's start to its answer to a block without rows."""
    programs = {
        "periods": ["periods", "periodRows"],
        "welford": ["welford", "welfordState"],
        "exact": ["exact", "exactState"],
        "activity": ["activity", "activityState"],
        "period_stream": ["period_stream", "--keys", "1", "--time", "ts", "--gap", "1800"],
        "merge_partials": ["merge_partials", "--keys", "1"],
    }
    columns = {
        "periods": TIMES,
        "welford": [("values", "Array(Float64)")],
        "exact": [("values", "Array(Float64)")],
        "activity": [("times", "Array(Int64)")],
        "period_stream": [("key", "UInt64"), ("ts", "DateTime('UTC')")],
        "merge_partials": [("key", "UInt64"), ("count", "UInt64")],
    }
    times = {}
    for name, words in programs.items():
        path = f"{FOLDER}/empty_{name}.native"
        with open(path, "wb") as file:
            file.write(wire.block(0, [(*column, b"") for column in columns[name]]))
        command = [f"{BUILD}/bench/bin/cold_start", "101", path, f"{BUILD}/bin/{words[0]}"]
        answer = subprocess.run(command + words[1:], capture_output=True, check=True, text=True)
        times[name] = [float(line) / 1000 for line in answer.stdout.split()]
        say(f"  cold start {name:17} {statistics.median(times[name]):9.3f} ms")
    return times


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends the server and the workers too
    facts = {"keys": max(100, ROWS // 50), "hot": max(1000, ROWS // 5)}
    facts["partials"] = max(800, ROWS * 2 // 5)
    server = Server(BUILD, FOLDER)
    server.prepare([])
    server.add_programs([f"{HERE}/python_peer.py"])
    server.start()
    workers = {}
    try:
        load_tables(server, facts)
        measure_facts(server, facts)
        server.write_functions(functions(facts))
        server.query("SYSTEM RELOAD FUNCTIONS")
        wanted = [case for case in all_cases(facts) if re.search(CASES, case.name)]
        workers = engines.start(server, wanted, FOLDER, facts, say)
        bench = Bench(server, workers)
        versions = {"ClickHouse": server.value("SELECT version()")}
        versions.update(worker.version.split(" ", 1) for worker in workers.values())
        starts = cold_starts()
        for done, case in enumerate(wanted):
            say(f"{case.name}: {case.title}, {case.rows:,} rows")
            bench.run_case(case)
            # After every case, so that an interrupted run leaves what it found.
            report.write(FOLDER, wanted[: done + 1], bench.runs, starts, versions)
    except QueryFailed as failure:
        raise SystemExit(f"bench: {failure}") from failure
    finally:
        for worker in workers.values():
            worker.stop()
        server.stop()
    write_chart(f"{FOLDER}/results.tsv", f"{FOLDER}/chart.svg")
    say(f"results: {FOLDER}/results.tsv, results.md, chart.svg")


if __name__ == "__main__":
    sys.exit(main())
