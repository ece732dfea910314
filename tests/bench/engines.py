"""DuckDB and Spark, each in a process and a virtual environment of its own under build/bench."""

import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGES = {"duckdb": "duckdb", "spark": "pyspark"}


class Worker:
    """A process of worker.py."""

    def __init__(self, python, engine, parquet):
        self.process = subprocess.Popen(
            [python, f"{HERE}/worker.py", engine, parquet],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if engine == "spark" else None,
            text=True,
        )
        greeting = self.process.stdout.readline().split(" ", 1)
        if greeting[0] != "ready":
            raise OSError(f"the {engine} worker did not start")
        self.version = greeting[1].strip()

    def run(self, name):
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        seconds, rss_bytes = self.process.stdout.readline().split()
        return float(seconds), int(rss_bytes)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def python_with(package, folder):
    """A Python that has the package, or None where it cannot be had."""
    environment = os.path.join(folder, "venv")
    python = os.path.join(environment, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    has = [python, "-c", f"import {package}"]
    if subprocess.run(has, capture_output=True, check=False).returncode != 0:
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
        subprocess.run(pip, capture_output=True, check=False)
    return python if subprocess.run(has, capture_output=True, check=False).returncode == 0 else None


def export(server, path, where):
    sql = f"SELECT key, toUnixTimestamp(ts)::Int64 AS ts FROM events {where} ORDER BY key, ts"
    server.save(f"{sql} FORMAT Parquet", path)


def start(server, cases, folder, facts, say):
    """The workers that the cases ask for and this machine can have: {engine: Worker}."""
    wanted = {c.worker[0] for case in cases for c in case.contenders if c.worker}
    workers = {}
    for engine in sorted(wanted):
        reason = None if engine != "spark" or shutil.which("java") else "no java"
        python = None if reason else python_with(PACKAGES[engine], folder)
        if python is None:
            say(f"skip {engine}: {reason or f'pip cannot install {PACKAGES[engine]}'}")
            continue
        parquet = os.path.join(folder, f"events_{engine}.parquet")
        where = f"WHERE key < {facts['small_keys']}" if engine == "spark" else ""
        export(server, parquet, where)
        try:
            workers[engine] = Worker(python, engine, parquet)
        except OSError as problem:
            say(f"skip {engine}: {problem}")
    return workers
