"""What large inputs and many clients cost: the figures of docs/operations.md.

    limits.py BUILD FOLDER [keys] [array] [clients] [beyond]"""

import collections
import os
import re
import sys
import threading
import time

from server import Server

STREAM = "SETTINGS stderr_reaction = 'throw', command_read_timeout = 600000, command_write_timeout = 60000"
COLUMNS = "k UInt64, ts UInt32, period_id UInt64, period_number UInt32, is_first_in_period UInt8"
PERIODS = ("k UInt64, period_id UInt64, period_number UInt32, period_first UInt32, period_last UInt32, "
           "period_length UInt64, unique_period_length UInt64")


class Limits:
    def __init__(self, build, folder):
        self.server = Server(build, folder)
        self.server.start()

    def peaks(self, stop, peaks):
        """The largest resident size of each program, in MiB."""
        while not stop.is_set():
            for process, name, state, _ in self.server.processes():
                try:
                    with open(f"/proc/{process}/status", encoding="ascii", errors="replace") as file:
                        found = re.search(r"VmHWM:\s+(\d+)", file.read())
                except OSError:
                    continue
                if found and state != "Z":
                    peaks[name] = max(peaks[name], int(found.group(1)) >> 10)
            time.sleep(0.05)

    def measure(self, title, query):
        """Every measurement with processes of its own."""
        self.server.ask("SYSTEM RELOAD FUNCTIONS")
        stop, peaks, query_id = threading.Event(), collections.Counter(), f"limits-{time.monotonic_ns()}"
        watcher = threading.Thread(target=self.peaks, args=(stop, peaks))
        watcher.start()
        started = time.monotonic()
        status, answer = self.server.ask(query, 3600, query_id=query_id)
        seconds = time.monotonic() - started
        stop.set()
        watcher.join()
        self.server.ask("SYSTEM FLUSH LOGS")
        memory = self.server.ask(f"SELECT intDiv(max(memory_usage), 1048576) FROM system.query_log WHERE query_id = '{query_id}'")[1]
        of_programs = ", ".join(f"{name} {mib} MiB" for name, mib in sorted(peaks.items())) or "no process"
        print(f"{title}\n    {seconds:.1f} s, server {memory} MiB, {of_programs}\n    {status}: {answer[:400]}", flush=True)

    def keys(self):
        self.server.ask("CREATE TABLE keys (k UInt64, ts UInt32) ENGINE = MergeTree ORDER BY (k, ts) "
                        "AS SELECT intDiv(number, 3), number % 3 * 1000 + number % 7 FROM numbers(30000000)", 600)
        print(self.server.ask("SELECT uniqExact(k), count() FROM keys", 600)[1], "keys and events")
        self.measure("10 million keys, plain SQL: groupArray alone", "SELECT sum(length(times)) FROM (SELECT groupArray(ts) AS times FROM keys GROUP BY k)")
        self.measure("10 million keys, periods()", "SELECT sum(length(periods(k, times, 1200, 0))) FROM (SELECT k, groupArray(ts) AS times FROM keys "
                     "GROUP BY k)")
        self.measure("10 million keys, activityState()", "SELECT sum(length(activityState(times))) FROM (SELECT groupArray(ts) AS times FROM keys GROUP BY k)")
        self.measure("10 million keys, period_stream", f"SELECT count(), uniqExact(period_id) FROM executable('period_stream --keys 1 --time ts "
                     f"--gap 1200', Native, '{COLUMNS}', (SELECT k, ts FROM keys ORDER BY k, ts), {STREAM})")
        self.measure("10 million keys, period_stream --emit periods", f"SELECT count() FROM executable('period_stream --keys 1 --time ts "
                     f"--gap 1200 --emit periods', Native, '{PERIODS}', (SELECT k, ts FROM keys ORDER BY k, ts), {STREAM})")
        self.measure("10 million keys, merge_partials", "SELECT count(), sum(c) FROM executable('merge_partials --keys 1', Native, 'k UInt64, c UInt64', "
                     f"(SELECT k, 1::UInt64 AS c FROM keys ORDER BY k), {STREAM})")

    def array(self):
        for words, values in ("in order", "range(100000000)"), ("in no order", "arrayMap(i -> i * 48271 % 2147483647, range(100000000))"):
            array = f"{values}::Array(Int64)"
            self.measure(f"an array of 100 million events {words}, periodNumbers()", f"SELECT length(periodNumbers({array}, 10, 0))")
        self.measure("an array of 100 million events, welfordState()", "SELECT welfordState(range(100000000)::Array(Float64))")
        self.measure("an array of 100 million events, activityState()", "SELECT length(activityState(range(100000000)::Array(Int64)))")

    def beyond(self):
        """The ceiling, at 1 GiB instead of 8, so that the server has room for the array."""
        path = f"{self.server.plugins}/xml/periods_function.xml"
        with open(path, encoding="utf-8") as file:
            lower = file.read().replace("<command>periods ", "<command>periods --max-memory 1G ")
        with open(path, "w", encoding="utf-8") as file:
            file.write(lower)
        self.measure("an array of 50 million events in no order, periodRows() with --max-memory 1G",
                     "SELECT length(periodRows(1, arrayMap(i -> i * 48271 % 2147483647, range(50000000))::Array(Int64), 10, 0))")

    def clients(self):
        """How many of 1000 clients at once are answered, and what the others are told."""
        quick = ("SELECT length(periodNumbers(range(1000 + number)::Array(Int64), 10, 0)) FROM numbers(1)", "1000")
        slow = ("SELECT sum(length(periods(number, [1, 2, 100, 200, 500], 10, 0))) FROM numbers(50000)", "200000")
        for title, (query, right) in ("quick calls", quick), ("calls of 50 000 rows", slow):
            answers, waits, lock = collections.Counter(), [], threading.Lock()

            def client():
                started = time.monotonic()
                try:
                    status, answer = self.server.ask(query, 600)
                except OSError as error:
                    status, answer = 0, str(error)
                with lock:
                    waits.append(time.monotonic() - started)
                    answers["right" if answer == right else re.sub(r"[0-9a-f-]{36}|\d+(\.\d+)? [GM]iB", "…", f"{status}: {answer[:400]}")] += 1

            threads = [threading.Thread(target=client) for _ in range(1000)]
            started = time.monotonic()
            for thread in threads:
                thread.start()
            processes = 0
            while any(thread.is_alive() for thread in threads):
                processes = max(processes, sum(1 for p in self.server.processes() if p[1] == "periods"))
                time.sleep(0.1)
            waits.sort()
            print(f"1000 clients at once, {title}: {time.monotonic() - started:.1f} s in all, the median waits {waits[500]:.1f} s, the last "
                  f"{waits[-1]:.1f} s, at most {processes} processes\n    " + "\n    ".join(f"{n} {what}" for what, n in answers.most_common()), flush=True)


if __name__ == "__main__":
    limits = Limits(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    try:
        for name in sys.argv[3:] or ["keys", "array", "clients", "beyond"]:
            getattr(limits, name)()
    finally:
        limits.server.end()
