"""phoenix_scan beside another client of the same server: a million rows of five columns, equal row by row, and what both take."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from light import BUILD, DEADLINE_S, check, native_windows  # noqa: E402

N_ROWS = int(os.environ.get("PHOENIX_ROWS", "1000000"))
LONGEST_S = 40 * 60
COLUMNS = "N,C,T,OPD,AMOUNT"
# Whole, first: ClickHouse 26.7 mixes up the columns where a query reads some of a Native file's only.
OURS = "CREATE TABLE ours ENGINE = Memory AS SELECT * FROM file('{}', Native); "
ROW = "n, c, ifNull(t, 'NULL'), opd, amount"
THEIRS = "WITH theirs AS (SELECT * FROM file('{}', TSV, 'n Int64, c String, t Nullable(String), opd DateTime64(3, \\'UTC\\'), amount Decimal(18, 4)'))"


def measured(command, out, **more):
    """Runs it; seconds and processor seconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with open(out, "wb") as file:
        subprocess.run(command, check=True, timeout=LONGEST_S, stdout=file, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def scan(plugins, source, folder):
    """All codes, into a file."""
    (folder / "windows").write_bytes(native_windows([(0, 4000000000000)]))
    with open(folder / "windows", "rb") as windows:
        return measured([plugins.folder / "bin" / "phoenix_scan", "--source", source, "--table", "CODES", "--time", "OPD", "--columns", COLUMNS, "--stats"],
                        folder / f"{source}.native", stdin=windows)


def tell(name, seconds, processor):
    print(f"{name}: {N_ROWS} rows in {seconds:.1f} s, {N_ROWS / seconds:.0f} rows/s, {processor:.2f} s of processor time", flush=True)


def query(sql):
    done = subprocess.run([BUILD / "saltwell-local", "--query", sql], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          timeout=5 * DEADLINE_S, check=False)
    return (done.stdout + done.stderr).rstrip("\n")


def check_beside(plugins, folder, sources, other, command):
    """The other client writes tab-separated rows."""
    ours = {source: scan(plugins, source, folder) for source in sources}
    theirs = measured(command, folder / "theirs.tsv", stdin=subprocess.DEVNULL)
    tell(other, *theirs)
    for source, took in ours.items():
        name = f"phoenix_scan, {source}, beside {other}"
        tell(name, *took)
        found = query(OURS.format(folder / f"{source}.native") + THEIRS.format(folder / "theirs.tsv") +
                      f"SELECT count(), uniqExact(n), (SELECT count() FROM ours), (SELECT uniqExact(N) FROM ours), (SELECT count() FROM "
                      f"(SELECT {ROW} FROM theirs EXCEPT SELECT N, C, ifNull(T, 'NULL'), OPD, AMOUNT FROM ours)) FROM theirs "
                      "SETTINGS session_timezone = 'UTC'")
        check(f"{name}: the same {N_ROWS} rows", "\t".join([str(N_ROWS)] * 4 + ["0"]), found)
        check(f"{name}: at least 5 times less processor time", True, took[1] * 5 <= theirs[1])
        check(f"{name}: no slower", True, took[0] <= theirs[0])
