"""Load with faults, and what comes of it.

    soak.py BUILD FOLDER SECONDS [SEED]

16 clients ask every function and every table function, whose answers are known, while processes are killed and
stopped, the server ends and is killed, its disk is full, queries are killed, clients go away and memory limits are
hit. From time to time the faults stop: then nothing may be left over, and every query must be right at once, but for
one failure for each dead process of its pool. Prints the numbers, a line each, and ends with status 1 where an
answer was wrong, a process or a query was left, or a query without an answer, and with the faults before each of
these. FOLDER should be on a small file system of its own (soak.sh), which then gets full; elsewhere only a limit on
the size of files is a full disk."""

import collections
import http.client
import os
import random
import re
import resource
import signal
import socket
import sys
import threading
import time

from jobs import CEILINGS, JOBS, MART_STEPS, SETUP
from server import Server

N_CLIENTS, HUNG_S, CALM_EVERY_S, LEFT_S = 16, 60, 60, 75
REVISIONS = [0, 0, 1, 54405, 54454, 54480, 99999]
SMALL_DISK_BYTES = 8 << 30


class Soak:
    def __init__(self, build, folder, seconds, seed):
        self.server, self.folder, self.seconds = Server(build, folder), folder, seconds
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.counts, self.errors, self.faults = collections.Counter(), collections.Counter(), collections.Counter()
        self.longest = collections.Counter()
        self.problems, self.expected, self.stopped = [], {}, set()
        self.examples = {}  # of errors
        self.running = threading.Event()
        self.ends, self.idle, self.restarting = False, 0, False
        self.asked = {}  # the query ids under way
        self.latest = collections.deque(maxlen=6)  # faults: when, which

    # What is counted.

    def count(self, counter, what, n=1):
        with self.lock:
            counter[what] += n

    def problem(self, kind, detail):
        now = time.monotonic()
        with self.lock:
            self.counts[kind] += 1
            if len(self.problems) < 20:
                faults = ", ".join(f"{fault} {now - at:.1f} s" for at, fault in reversed(self.latest))
                self.problems.append(f"{kind}: {detail}"[:2000] + f"; the faults before it: {faults}")

    def count_error(self, answer):
        code = re.search(r"Code: (\d+)", answer)
        name = re.findall(r"\(([A-Z_]{4,})\)", answer)
        kind = f"{code.group(1)} {name[-1] if name else ''}".strip() if code else answer[:60] or "an empty answer"
        self.count(self.errors, kind)
        self.examples.setdefault(kind, answer[:1000])

    # A query and its verdict.

    def ask(self, query, timeout=HUNG_S, revision=0):
        """(whether it is an answer, the text). No answer in time is a hung query."""
        query_id = f"soak-{time.monotonic_ns()}-{threading.get_ident()}"
        started = time.monotonic()
        with self.lock:
            self.asked[query_id] = started
        try:
            status, answer = self.server.ask(query, timeout, revision, query_id)
            return status == 200 and "DB::Exception" not in answer, answer
        except socket.timeout:
            if timeout == HUNG_S:
                self.problem("hung queries", query)
            return False, "the client went away" if timeout < HUNG_S else "no answer in time"
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
            return False, "the server was away"
        finally:
            with self.lock:
                del self.asked[query_id]
                self.longest["query, s"] = max(self.longest["query, s"], round(time.monotonic() - started, 1))

    def judge(self, name, is_answer, answer):
        """Whether the answer is right."""
        self.count(self.counts, "queries")
        if not is_answer:
            self.count(self.counts, "errors")
            self.count_error(answer)
            return False
        if answer != self.expected[name]:
            headers = self.server.latest.headers
            self.problem("wrong answers", f"{name}: expected {self.expected[name]!r}, found {answer!r}, with {headers}, "
                         f"in the server's log: {self.logged(headers.get('X-ClickHouse-Query-Id'))}")
            return False
        self.count(self.counts, "right answers")
        return True

    def logged(self, query_id):
        """What the server knows of a query, if it is still the same server: its log begins anew with each."""
        self.ask("SYSTEM FLUSH LOGS query_log")
        return self.ask("SELECT type, event_time_microseconds, query_duration_ms, read_rows, result_rows, exception "
                        f"FROM system.query_log WHERE query_id = '{query_id}' FORMAT JSONEachRow")[1]

    def ask_job(self, chance):
        name = chance.choice(list(JOBS))
        timeout = HUNG_S
        if chance.random() < 0.02:
            timeout = chance.uniform(0.005, 0.1)
            self.count(self.faults, "clients that went away")
        self.judge(name, *self.ask(JOBS[name][0], timeout, chance.choice(REVISIONS)))

    def ask_ceiling(self, chance):
        words = chance.choice(list(CEILINGS))
        is_answer, answer = self.ask(CEILINGS[words])
        self.count(self.counts, "queries")
        if is_answer:
            self.problem("wrong answers", f"expected an error with {words!r}, found {answer!r}")
            return
        self.count(self.counts, "errors")
        self.count_error(answer)
        if words in answer:
            self.count(self.faults, "memory ceilings hit")

    def replace_mart(self):
        for step in MART_STEPS:
            is_answer, answer = self.ask(step)
            self.count(self.counts, "queries")
            if not is_answer:
                self.count(self.counts, "errors")
                self.count_error(answer)
                return
            self.count(self.counts, "right answers")
        self.count(self.counts, "marts replaced")

    def client(self, number):
        chance = random.Random(self.random.random())
        while not self.ends:
            if not self.running.is_set():
                with self.lock:
                    self.idle += 1
                self.running.wait()
                with self.lock:
                    self.idle -= 1
                continue
            if number == 0:
                self.replace_mart()
            elif chance.random() < 0.02:
                self.ask_ceiling(chance)
            else:
                self.ask_job(chance)

    # Faults. Each returns whether it could be done.

    def signal_one(self, with_signal):
        living = [p for p in self.server.processes() if p[2] not in "ZT"]
        if not living:
            return False
        chosen = self.random.choice(living)[0]
        try:
            os.kill(chosen, with_signal)
        except ProcessLookupError:
            return False
        if with_signal == signal.SIGSTOP:
            self.stopped.add(chosen)
            threading.Timer(self.random.uniform(0.5, 3), self.let_go_on, [chosen]).start()
        return True

    def kill_process(self):
        return self.signal_one(signal.SIGKILL)

    def stop_process(self):
        return self.signal_one(signal.SIGSTOP)

    def let_go_on(self, *processes):
        for process in processes or list(self.stopped):
            self.stopped.discard(process)
            try:
                os.kill(process, signal.SIGCONT)
            except ProcessLookupError:
                pass

    def kill_query(self):
        with self.lock:
            chosen = self.random.choice(list(self.asked) or [""])
        return chosen != "" and self.try_ask(f"KILL QUERY WHERE query_id = '{chosen}' ASYNC")

    def reload(self):
        return self.try_ask("SYSTEM RELOAD FUNCTIONS")

    def try_ask(self, query):
        try:
            return self.server.ask(query, 30)[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def fill_disk(self):
        status = os.statvfs(self.folder)
        if status.f_frsize * status.f_blocks > SMALL_DISK_BYTES:
            return False
        filler = f"{self.folder}/filler"
        try:
            with open(filler, "wb", buffering=0) as file:
                while True:
                    file.write(bytes(1 << 20))
        except OSError:
            time.sleep(1.5)
        os.unlink(filler)
        return True

    def limit_files(self):
        """No file of the server may grow beyond some KiB."""
        limits = resource.prlimit(self.server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.server.process.pid, resource.RLIMIT_FSIZE, (self.random.choice([0, 1, 16]) << 10, limits[1]))
        time.sleep(1)
        resource.prlimit(self.server.process.pid, resource.RLIMIT_FSIZE, limits)
        return True

    def restart(self, with_signal):
        self.let_go_on()
        self.restarting = True
        self.server.end(with_signal)
        self.server.start()
        self.restarting = False
        return True

    def end_server(self):
        return self.restart(signal.SIGTERM)

    def kill_server(self):
        return self.restart(signal.SIGKILL)

    FAULTS = {
        "processes killed (SIGKILL)": (kill_process, 30),
        "processes stopped (SIGSTOP, up to 3 s)": (stop_process, 20),
        "queries killed (KILL QUERY)": (kill_query, 20),
        "functions reloaded": (reload, 3),
        "full disks (1.5 s each)": (fill_disk, 2),
        "limits on file sizes (1 s each)": (limit_files, 2),
        "server ended and started": (end_server, 1),
        "server killed and started": (kill_server, 1),
    }

    def inject_until(self, end):
        """Each kind once at first, then by their weights."""
        kinds = list(self.FAULTS)
        weights = [weight for _, weight in self.FAULTS.values()]
        queue = self.random.sample(kinds, len(kinds))
        while time.monotonic() < end:
            if self.server.process.poll() is not None:
                self.problem("ends of the server by itself", f"status {self.server.process.returncode}")
                self.server.start()
            kind = queue.pop() if queue else self.random.choices(kinds, weights)[0]
            if self.FAULTS[kind][0](self):
                self.count(self.faults, kind)
            with self.lock:
                self.latest.append((time.monotonic(), kind))
            time.sleep(self.random.uniform(0.05, 0.4))

    # The calm after it.

    def wait_for(self, what, seconds, condition):
        started = time.monotonic()
        while not condition():
            if time.monotonic() - started > seconds:
                return False
            time.sleep(0.05)
        waited = round(time.monotonic() - started, 1)
        self.longest[f"{what}, s"] = max(self.longest[f"{what}, s"], waited)
        return True

    def left_streams(self):
        return [p for p in self.server.processes() if p[1] in ("period_stream", "merge_partials", "saltwell_sql") and p[2] != "Z"]

    def orphans(self):
        return [p for p in self.server.processes() if p[3] != self.server.process.pid]

    def others(self):
        is_answer, answer = self.ask("SELECT query FROM system.processes WHERE query_id LIKE 'soak-%' AND query NOT LIKE '%system.processes%'")
        return "" if is_answer and answer == "" else answer or "no answer"

    def calm(self):
        self.running.clear()
        self.let_go_on()
        if not self.wait_for("until all clients had their answers", HUNG_S + 5, lambda: self.idle == N_CLIENTS):
            self.problem("hung queries", f"{N_CLIENTS - self.idle} clients still wait")
        if not self.wait_for("until no stream was left", LEFT_S, lambda: not self.left_streams()):
            self.problem("processes left", str(self.left_streams()))
        if not self.wait_for("until no orphan was left", 10, lambda: not self.orphans()):
            self.problem("orphans", str(self.orphans()))
        if not self.wait_for("until no query was left", 30, lambda: not self.others()):
            self.problem("queries left", self.others())
        for name, (query, _) in JOBS.items():
            self.next_is_right(name, query)
        self.count(self.counts, "calms, all queries right in each")

    def next_is_right(self, name, query):
        """One failure is allowed for each dead process that the server has not met yet."""
        dead = sum(1 for p in self.server.processes() if p[2] == "Z")
        for _ in range(dead + 1):
            if self.judge(name, *self.ask(query)):
                return
        self.problem("calm queries that failed", f"{name}, after {dead} dead processes: {self.ask(query)[1]}")

    # The whole.

    def prepare(self):
        self.server.start()
        for statement in SETUP.split(";\n"):
            if statement.strip():
                self.must(statement)
        for name, (query, reference) in JOBS.items():
            self.expected[name] = self.must(reference)
            found = self.must(query)
            if found != self.expected[name]:
                raise SystemExit(f"before any fault, {name}: expected {self.expected[name]!r}, found {found!r}")

    def must(self, query):
        is_answer, answer = self.ask(query)
        if not is_answer:
            raise SystemExit(f"before any fault: {query}: {answer}")
        return answer

    def run(self):
        self.prepare()
        clients = [threading.Thread(target=self.client, args=(n,), daemon=True) for n in range(N_CLIENTS)]
        for client in clients:
            client.start()
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            self.running.set()
            self.inject_until(min(end, time.monotonic() + CALM_EVERY_S))
            self.calm()
        self.ends = True
        self.running.set()
        self.server.end()
        time.sleep(1)
        if self.server.processes():
            self.problem("orphans", str(self.server.processes()))

    def report(self):
        print(f"seconds: {self.seconds}\nclients: {N_CLIENTS}\nkinds of queries: {len(JOBS)}")
        for counter, title in (self.faults, "fault: "), (self.counts, ""), (self.errors, "error: "), (self.longest, "longest "):
            for name, n in sorted(counter.items(), key=lambda item: -item[1]):
                print(f"{title}{name}: {n}")
        bad = ["wrong answers", "hung queries", "orphans", "processes left", "queries left", "calm queries that failed",
               "ends of the server by itself"]
        for name in bad:
            if name not in self.counts:
                print(f"{name}: 0")
        for kind, example in self.examples.items():
            print(f"  for example, {kind}: {example}")
        for problem in self.problems:
            print(f"PROBLEM {problem}")
        return 1 if any(self.counts[name] for name in bad) else 0


if __name__ == "__main__":
    soak = Soak(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        soak.run()
    finally:
        if soak.server.process and soak.server.process.poll() is None:
            soak.let_go_on()
            soak.server.end(signal.SIGKILL)
    sys.exit(soak.report())
