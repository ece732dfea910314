#!/usr/bin/env python3
"""tests/mutate.py N SEED: do the tests see a fault? `make mutate` runs it.

Swaps one operator or constant at a time, at random, in a copy of aggregations/ and udf/, builds that and runs
the unit tests and the fast ones of the executables; where those pass, the unit tests again with sanitizers,
those through the engine, those of phoenix_scan and of the sandbox: of the tests of executables those whose
executables changed.
A mutant dies when a test that passes without it does not pass any more, twice where the engine takes part. Lists
those that live. A mutant that does not compile, or that the compiler makes the same code of, is drawn anew.
tests/mutate.equal names mutants that nothing can tell from the original, in blocks of

    FILE
      the line before it, where the line alone is not enough to find it
    - the line, without its indentation
    + the line as it is changed
    # the reason

Environment: BUILD (default build; works in $BUILD/mutate), JOBS (2): how many mutants at a time, SECONDS (no limit):
when to stop drawing.
$BUILD/mutate/log tells what killed the others.
Ends with status 1 when fewer than 90 % are killed or equal.
"""

import collections
import concurrent.futures
import contextlib
import hashlib
import itertools
import os
import queue
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = Path(os.environ.get("BUILD", "build")).absolute() / "mutate"
BASE = WORK / "base"  # the unchanged tree, built
COPIED = ["aggregations", "udf", "xml", "install", "tests", "examples", "docs", "Makefile"]
MUTATED = ["aggregations", "udf"]
PROGRAMS = ["all", "build/tests/unit"]
UNIT = ["tests/run_unit.sh", "build/tests/unit"]
SANITIZED = ["tests/run_unit.sh", "build/asan/tests/unit"]
PHOENIX = ["tests/phoenix/test_light.sh"]
SANDBOX = ["tests/faults/test_sandbox.sh"]
# In the order in which they run; a mutant's run ends with the first that fails.
TESTS = [
    UNIT,
    *([f"tests/cli/test_{name}.sh"] for name in ("wire", "stream", "widen", "states")),
    SANITIZED,
    *([f"tests/cli/test_{name}.sh"] for name in ("refused", "stream_sql", "stream_types", "stream_limit", "revisions")),
    PHOENIX,
    SANDBOX,
]
# What make builds for a test that needs more than PROGRAMS.
TARGETS = {id(SANITIZED): "unit-sanitized", id(SANDBOX): "attackers"}
INSTALLED = ["engine", "phoenix"]  # what tests need and builds do not change
SWAPS = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&",
    "+": "-", "-": "+", "+=": "-=", "-=": "+=", "<<": ">>", ">>": "<<", "true": "false", "false": "true",
    "0": "1", "1": "0",
}
TOKEN = re.compile(r"<<=|>>=|->|\+\+|--|<<|>>|[<>=!+\-*/%&|^]=|&&|\|\||[<>+\-]|(?<![\w.])(?:true|false|[01])(?![\w.])")
NO_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^[ \t]*#(?!define)[^\n]*', re.S | re.M)
MAX_MEMORY_BYTES = 8 << 30
MAX_FILE_BYTES = 1 << 30
MAX_PROCESSOR_S = 120  # of each process: one that turns in a loop may have left our group


def find_sites():
    """All (file, offset, token) of the code."""
    for folder in MUTATED:
        for path in sorted((ROOT / folder).rglob("*.[ch]")):
            code = NO_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), path.read_text())
            for token in TOKEN.finditer(code):
                if token.group() in SWAPS:
                    yield str(path.relative_to(ROOT)), token.start(), token.group()


class Mutant:
    def __init__(self, file, offset, token):
        text = (ROOT / file).read_text()
        self.file = file
        self.text = text[:offset] + SWAPS[token] + text[offset + len(token):]
        line = text.count("\n", 0, offset)
        self.number = line + 1
        self.old = text.split("\n")[line].strip()
        self.new = self.text.split("\n")[line].strip()
        self.before = text.split("\n")[line - 1].strip() if line > 0 else ""

    def __str__(self):
        return f"{self.file}:{self.number}\n    - {self.old}\n    + {self.new}"


def read_equal():
    """The kept list as a set of (file, line before or None, old, new)."""
    blocks = (ROOT / "tests" / "mutate.equal").read_text().split("\n\n")
    equal = set()
    for block in blocks:
        lines = [line for line in block.strip().split("\n") if line]
        if not lines:
            continue
        before = lines.pop(1)[2:] if lines[1:] and lines[1][:2] == "  " else None
        if len(lines) < 4 or lines[1][:2] != "- " or lines[2][:2] != "+ " or lines[3][:2] != "# ":
            sys.exit(f"mutate.equal: expected a file, '- ', '+ ' and '# ' lines, found {block!r}")
        path = ROOT / lines[0]
        if not path.is_file() or lines[1][2:] not in map(str.strip, path.read_text().split("\n")):
            sys.exit(f"mutate.equal: {lines[0]} has no line {lines[1][2:]!r} any more")
        equal.add((lines[0], before, lines[1][2:], lines[2][2:]))
    return equal


def limit_all_but_memory():
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE_BYTES, MAX_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_PROCESSOR_S, MAX_PROCESSOR_S))


def limit_all():
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    limit_all_but_memory()


class Tree:
    """A copy of the sources with a build of its own, in which one mutant at a time is tried."""

    def __init__(self, root):
        self.root, self.tmp = root, root.with_name(root.name + ".tmp")

    def run(self, command, seconds):
        """The status and the lines up to the first failure, or None where the command did not end in time. What it
        started ends with it."""
        shutil.rmtree(self.tmp, ignore_errors=True)
        self.tmp.mkdir()
        environment = dict(os.environ, BUILD="build", TMPDIR=str(self.tmp), SALTWELL_TEST_RUN="1", CRITERION_FAIL_FAST="1")
        for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
            environment.pop(name, None)
        # A sanitizer reserves more address space than there is memory.
        limit = limit_all_but_memory if command[-1] == SANITIZED[-1] else limit_all
        process = subprocess.Popen(command, cwd=self.root, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
                                   preexec_fn=limit)
        is_late = threading.Event()

        def end():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

        def end_late():
            is_late.set()
            end()

        timer = threading.Timer(seconds, end_late)
        timer.start()
        lines = []
        for line in process.stdout:
            lines.append(line.decode(errors="replace").rstrip("\n"))
            if line.startswith(b"not ok"):
                end()
                break
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # its number is not another's before all have ended
        timer.cancel()
        end()
        process.wait()
        return None if is_late.is_set() else (process.returncode, lines)

    def build(self, *targets):
        """Whether it compiles."""
        result = self.run(["make", "-s", "-j2", "CFLAGS=-O2", "WARNINGS=-w", *targets], 900)
        return result is not None and result[0] == 0

    def digests(self):
        """Of all that the tests run, by name."""
        paths = [*(self.root / "build/bin").iterdir(), self.root / "build/tests/unit"]
        return {path.name: hashlib.sha256(path.read_bytes()).digest() for path in paths}

    def passed(self, test, seconds):
        """The names of the results that are ok, or None where one is not or the test did not end well, and in time."""
        result = self.run(["sh", *test], seconds)
        if result is None or result[0] != 0:
            return None
        return sorted(line.split(": ")[0] for line in result[1] if line.startswith("ok "))

    def fails(self, test, names, seconds):
        """Whether not all of the names pass any more. A busy machine alone does not count: no unit test depends on it."""
        n_runs = 1 if test in (UNIT, SANITIZED) else 2
        return all(self.passed(test, 20 + 4 * seconds) != names for _ in range(n_runs))

    def try_mutant(self, mutant, base_digests, expected):
        """None: to be drawn anew; else the test that killed it, or an empty string."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(BASE, self.root, symlinks=True)
        (self.root / mutant.file).write_text(mutant.text)
        if not self.build(*PROGRAMS):
            return None
        changed = {name for name, digest in self.digests().items() if digest != base_digests[name]}
        if not changed:
            return None
        for test, names, seconds in expected:
            if not concerns(test, changed):
                continue
            if id(test) in TARGETS and not self.build(TARGETS[id(test)]):
                return None
            if self.fails(test, names, seconds):
                return " ".join(test)
        return ""


def concerns(test, changed):
    """Whether a test runs one of the changed programs."""
    if test in (UNIT, SANITIZED):
        return "unit" in changed
    return "phoenix_scan" in changed if test is PHOENIX else bool(changed - {"phoenix_scan", "unit"})


def prepare():
    """Builds the unchanged tree; returns its digests and what passes in how many seconds, by test."""
    shutil.rmtree(WORK, ignore_errors=True)
    BASE.mkdir(parents=True)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, BASE / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        else:
            shutil.copy2(ROOT / name, BASE / name)
    (BASE / "build").mkdir()
    for name in INSTALLED:
        (BASE / "build" / name).symlink_to(WORK.parent / name)
    base = Tree(BASE)
    if not base.build(*PROGRAMS, *TARGETS.values()):
        sys.exit("mutate: expected that the unchanged tree compiles; run make")
    expected = []
    for test in TESTS:
        started = time.monotonic()
        names = base.passed(test, 300)
        if not names:
            sys.exit(f"mutate: expected that {test[0]} passes in the unchanged tree")
        expected.append((test, names, time.monotonic() - started))
    return base.digests(), expected


def main():
    n_wanted, seed = int(sys.argv[1]), int(sys.argv[2])
    equal = read_equal()
    sites = list(find_sites())
    random.Random(seed).shuffle(sites)
    base_digests, expected = prepare()
    deadline = time.monotonic() + float(os.environ.get("SECONDS") or "inf")
    trees = queue.SimpleQueue()
    n_jobs = int(os.environ.get("JOBS", "2"))
    for i in range(n_jobs):
        trees.put(Tree(WORK / f"tree{i}"))

    def verdict(mutant):
        """What try_mutant says, "equal", or "late"."""
        if any((mutant.file, before, mutant.old, mutant.new) in equal for before in (None, mutant.before)):
            return "equal"
        if time.monotonic() > deadline:
            return "late"
        tree = trees.get()
        try:
            return tree.try_mutant(mutant, base_digests, expected)
        finally:
            trees.put(tree)

    n_killed = n_equal = n_alive = 0
    log = (WORK / "log").open("w")
    with concurrent.futures.ThreadPoolExecutor(n_jobs) as pool:
        # Judged in the order in which they were drawn, however many are tried at a time.
        mutants = (Mutant(*site) for site in sites)
        under_way = collections.deque((mutant, pool.submit(verdict, mutant)) for mutant in itertools.islice(mutants, 4 * n_jobs))
        while under_way and n_killed + n_equal + n_alive < n_wanted:
            mutant, future = under_way.popleft()
            killer = future.result()
            if killer == "late":
                break
            if killer == "equal":
                n_equal += 1
            elif killer == "":
                n_alive += 1
                print(f"alive {mutant}", flush=True)
            elif killer is not None:
                n_killed += 1
                print(f"killed by {killer} {mutant}", file=log, flush=True)
            for mutant in itertools.islice(mutants, 1):
                under_way.append((mutant, pool.submit(verdict, mutant)))
        for _, future in under_way:
            future.cancel()
    print(f"{n_killed} killed, {n_alive} alive, {n_equal} equal")
    n_all = n_killed + n_equal + n_alive
    return 0 if n_all > 0 and 10 * (n_killed + n_equal) >= 9 * n_all else 1


sys.exit(main())
