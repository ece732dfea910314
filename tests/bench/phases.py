"""Where the time of a stream or a function goes: each program alone, on what the server would send.

Captures the input of each program from the tables that `make bench` has made, into a file in
memory, and runs the program on it in four ways, BENCH_RUNS times each:

    compute   its user time: parsing, computing, building the answer
    in        file to /dev/null: reading without a pipe
    pipe in   through `cat`: a pipe's copy on the way in
    pipe out  into a pipe that `cat` drains

    BUILD=build BENCH_CASES=REGEX python3 tests/bench/phases.py
"""

import os
import re
import statistics
import subprocess
import tempfile
import time

from server import Server

BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
RUNS = int(os.environ.get("BENCH_RUNS") or 5)
ROWS = int(os.environ.get("BENCH_PHASE_ROWS") or 5_000_000)
CASES = os.environ.get("BENCH_CASES", "")

STREAM = f"SELECT key, ts FROM events WHERE key < {ROWS // 50} ORDER BY key, ts"
HOT = f"SELECT key, ts FROM skewed WHERE key = 1000 ORDER BY key, ts LIMIT {ROWS}"
PARTIALS = f"SELECT key, a, b, c FROM partials WHERE key < {ROWS // 8} ORDER BY key"
ARRAYS = (
    "SELECT {} FROM (SELECT key, groupArray({}) AS list FROM events"
    f" WHERE key < {ROWS // 50} GROUP BY key SETTINGS optimize_aggregation_in_order = 1)"
)
TIMES = ARRAYS.format(
    "key, CAST(list, 'Array(Int64)') AS times, 1800::Int64 AS gap, 0::Int64 AS max_span", "ts"
)
ONLY_TIMES = ARRAYS.format("CAST(list, 'Array(Int64)') AS times", "ts")
VALUES = ARRAYS.format("list AS values", "value")
STREAM_OPTIONS = "--keys 1 --time ts --gap 1800"
ECHO_ROWS = "period_id:UInt64 period_number:UInt32 is_first_in_period:UInt8"

# name, command, what it reads
PROGRAMS = [
    ("stream rows", f"bin/period_stream {STREAM_OPTIONS}", STREAM),
    ("stream rows: echo", f"bench/bin/echo stream {ECHO_ROWS}", STREAM),
    ("stream rows --lengths", f"bin/period_stream {STREAM_OPTIONS} --lengths", STREAM),
    ("stream periods", f"bin/period_stream {STREAM_OPTIONS} --emit periods", STREAM),
    ("capped rows", f"bin/period_stream {STREAM_OPTIONS} --max-span 86400", HOT),
    ("capped periods", f"bin/period_stream {STREAM_OPTIONS} --max-span 86400 --emit periods", HOT),
    ("merge_partials", "bin/merge_partials --keys 1", PARTIALS),
    ("merge_partials: echo",
     "bench/bin/echo stream --share 1 8 key:UInt64 a:Tuple(UInt64,Float64,Float64)"
     " b:Tuple(UInt64,Float64,Float64) c:Tuple(UInt64,Float64,Float64)", PARTIALS),
    ("periodRows", "bin/periods periodRows", TIMES),
    ("periodRows: echo",
     "bench/bin/echo function Array(Tuple(UInt64,UInt32,UInt8,UInt32,UInt32))", TIMES),
    ("periods", "bin/periods periods", TIMES),
    ("activityState", "bin/activity activityState", ONLY_TIMES),
    ("welfordState", "bin/welford welfordState", VALUES),
    ("exactState", "bin/exact exactState", VALUES),
]  # fmt: skip


def run(command, path, piped_in, piped_out):
    """Wall, user and system seconds of the program; the `cat`s beside it are not counted."""
    feeder = subprocess.Popen(["cat", path], stdout=subprocess.PIPE) if piped_in else None
    drain = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    with open(path, "rb") as file, open(os.devnull, "wb") as null:
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            stdin=feeder.stdout if piped_in else file,
            stdout=drain.stdin if piped_out else null,
        )
        if feeder:
            feeder.stdout.close()
        drain.stdin.close()
        _, how, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = how
    for other in (feeder, drain):
        if other:
            other.wait()
    if how != 0:
        raise SystemExit(f"phases: {' '.join(command)} failed")
    return seconds, usage.ru_utime, usage.ru_stime


def median_run(command, path, piped_in, piped_out):
    runs = [run(command, path, piped_in, piped_out) for _ in range(RUNS)]
    return [statistics.median(values) for values in zip(*runs)]


def main():
    server = Server(BUILD, os.path.join(BUILD, "bench"))
    server.prepare([])
    server.start()
    print("| program | MiB in | compute | system, file to /dev/null | system, pipe in | "
          "system, pipe out |\n|---|---|---|---|---|---|")  # fmt: skip
    try:
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            path, captured = os.path.join(folder, "in.native"), None
            for name, words, source in PROGRAMS:
                if not re.search(CASES, name):
                    continue
                if captured != source:
                    server.save(source + " FORMAT Native", path)
                    captured = source
                command = words.split(" ")
                command[0] = f"{BUILD}/{command[0]}"
                plain = median_run(command, path, False, False)
                through_in = median_run(command, path, True, False)
                through_out = median_run(command, path, False, True)
                print(f"| {name} | {os.path.getsize(path) / (1 << 20):.0f} | {plain[1]:.3f} | "
                      f"{plain[2]:.3f} | {through_in[2]:.3f} | {through_out[2]:.3f} |", flush=True)  # fmt: skip
    finally:
        server.stop()


if __name__ == "__main__":
    main()
