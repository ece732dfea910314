"""Counts the instructions of every kernel on fixed inputs, with valgrind's callgrind, and compares
them with tests/bench/instructions.tsv. A count is free of a machine's noise: growth is real.

    python3 tests/bench/instructions.py            a line a kernel; status 1 where one grew by more than 5 %
    python3 tests/bench/instructions.py --test     as a test program: ok, not ok, skip
    python3 tests/bench/instructions.py --accept   write what was counted to instructions.tsv

Environment: BUILD, CC (whose version the counts belong to).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

import wire

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
KEPT = f"{HERE}/instructions.tsv"
MOST_GROWTH = 0.05
N_KEYS = 1000
STATES_IN_GROUP = 8
STREAM = "period_stream --keys 1 --time ts --gap 1800"
RAW = "merge_partials --keys 1 --op ts=activity --op value=exact_state --op n=count(value)"
TUPLE = "Tuple(n UInt64, mean Float64, m2 Float64)"


def make_events():
    """Keys of 1 to 99 events, about ten to a period: (ticks, values) of each."""
    draws = wire.Draws(1)
    for key in range(N_KEYS):
        tick, ticks, values = 1_000_000_000, [], []
        for _ in range(1 + key * 37 % 99):
            draw = draws.next(6000)
            tick += 1801 + draw // 10 if draw % 10 == 0 else draw // 100
            ticks.append(tick)
            values.append(draws.next(1_000_003) / 1000)
        yield ticks, values


def rule_columns():
    return [
        ("gap", "Int64", wire.numbers("q", [1800] * N_KEYS)),
        ("max_span", "Int64", wire.numbers("q", [0] * N_KEYS)),
    ]


def inputs_of_events():
    """The inputs that are made of events, a block each."""
    keys, ticks, values, sizes = [], [], [], []
    for key, (some, measured) in enumerate(make_events()):
        keys += [key] * len(some)
        sizes.append(len(some))
        ticks += some
        values += measured
    columns = [
        ("key", "UInt64", wire.numbers("Q", keys)),
        ("ts", "DateTime", wire.numbers("I", ticks)),
        ("value", "Float64", wire.numbers("d", values)),
    ]
    ends = wire.ends_of(sizes)
    key = ("key", "UInt64", wire.numbers("Q", range(N_KEYS)))
    times = ("times", "Array(Int64)", ends + wire.numbers("q", ticks))
    measured = ("values", "Array(Float64)", ends + wire.numbers("d", values))
    return {
        "stream": wire.block(len(keys), columns),
        "key and times": wire.block(N_KEYS, [key, times, *rule_columns()]),
        "times and rule": wire.block(N_KEYS, [times, *rule_columns()]),
        "times": wire.block(N_KEYS, [times]),
        "values": wire.block(N_KEYS, [measured]),
        "partials": partials(),
    }


def partials():
    """Salted partials of three metrics and a count, eight to a key."""
    draws = wire.Draws(7)
    rows = N_KEYS * 20

    def draw(code, below, scale):
        return wire.numbers(code, [2 + draws.next(below) // scale for _ in range(rows)])

    columns = [("key", "UInt64", wire.numbers("Q", [row // 8 for row in range(rows)]))]
    for name in "abc":
        state = draw("Q", 1000, 1) + draw("d", 1_000_003, 7) + draw("d", 1_000_003, 3)
        columns.append((name, TUPLE, state))
    columns.append(("hits", "UInt64", draw("Q", 1000, 1)))
    return wire.block(rows, columns)


def answer_values(words, data):
    """The values of a function's answer to a block, as they stand on the wire."""
    done = subprocess.run(command_of(words), input=data, stdout=subprocess.PIPE, check=True)
    rows, values = wire.values_of_answer(done.stdout)
    assert rows == N_KEYS
    return values


def inputs_of_states(inputs):
    """The inputs that are answers of other functions; arrays of them hold eight states each."""
    sizes = [STATES_IN_GROUP] * (N_KEYS // STATES_IN_GROUP)
    groups = wire.ends_of(sizes)
    key = ("key", "UInt64", wire.numbers("Q", range(N_KEYS)))
    activity = answer_values("activity activityState", inputs["times"])
    welford = answer_values("welford welfordState", inputs["values"])
    exact = answer_values("exact exactState", inputs["values"])
    welford_block = wire.block(N_KEYS, [("state", TUPLE, welford)])
    aggregates = answer_values("welford welfordToAggregate", welford_block)

    def one(kind, values):
        return wire.block(N_KEYS, [("state", kind, values)])

    def grouped(kind, values):
        return wire.block(len(sizes), [("states", f"Array({kind})", groups + values)])

    return {
        "activity states": one("String", activity),
        "activity and rule": wire.block(
            N_KEYS, [key, ("state", "String", activity), *rule_columns()]
        ),
        "activity groups": grouped("String", activity),
        "welford states": welford_block,
        "welford groups": grouped(TUPLE, welford),
        "aggregates": one("AggregateFunction(varSampStable, Float64)", aggregates),
        "exact states": one("String", exact),
        "exact groups": grouped("String", exact),
    }


# What is counted: name, command, input.
KERNELS = [
    ("stream rows", STREAM, "stream"),
    ("stream rows, capped", f"{STREAM} --max-span 86400", "stream"),
    ("stream rows with lengths", f"{STREAM} --lengths", "stream"),
    ("stream periods", f"{STREAM} --emit periods", "stream"),
    ("stream periods with moments", f"{STREAM} --emit periods --moments value", "stream"),
    ("stream periods with exact moments", f"{STREAM} --emit periods --exact value", "stream"),
    ("stream periods with sums", f"{STREAM} --emit periods --sum value", "stream"),
    ("merge_partials", "merge_partials --keys 1", "partials"),
    ("merge_partials of raw values", RAW, "stream"),
    ("periodNumbers", "periods periodNumbers", "times and rule"),
    ("periodIds", "periods periodIds", "key and times"),
    ("firstInPeriod", "periods firstInPeriod", "times and rule"),
    ("periodLengths", "periods periodLengths", "times and rule"),
    ("uniquePeriodLengths", "periods uniquePeriodLengths", "times and rule"),
    ("periods", "periods periods", "key and times"),
    ("periodRows", "periods periodRows", "key and times"),
    ("activityState", "activity activityState", "times"),
    ("activityMerge", "activity activityMerge", "activity groups"),
    ("activityPeriods", "activity activityPeriods", "activity and rule"),
    ("activityEvents", "activity activityEvents", "activity states"),
    ("welfordState", "welford welfordState", "values"),
    ("welfordMerge", "welford welfordMerge", "welford groups"),
    ("welfordToAggregate", "welford welfordToAggregate", "welford states"),
    ("welfordFromAggregate", "welford welfordFromAggregate", "aggregates"),
    ("exactState", "exact exactState", "values"),
    ("exactMerge", "exact exactMerge", "exact groups"),
    ("exactMoments", "exact exactMoments", "exact states"),
]


def command_of(words):
    return [f"{BUILD}/unfiltered/bin/{words.split(' ', maxsplit=1)[0]}", *words.split(" ")[1:]]


# The C library chooses memcpy and memset by the processor; this makes it choose alike everywhere.
SAME_MEMCPY = (
    "glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-AVX_Fast_Unaligned_Load,-AVX512F,-AVX512VL,-ERMS,-FSRM"
    ":glibc.cpu.x86_non_temporal_threshold=0xc0000"
)


def count(words, data, folder):
    """The instructions of one run, in main() and in the thread that writes: what comes before them depends on the
    size of the environment and of the executable."""
    path = f"{folder}/input"
    with open(path, "wb") as file:
        file.write(data)
    valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out"]
    valgrind += ["--toggle-collect=main", "--toggle-collect=write_all"]
    with open(path, "rb") as file:
        done = subprocess.run(
            valgrind + command_of(words),
            stdin=file,
            capture_output=True,
            check=False,
            env=dict(os.environ, GLIBC_TUNABLES=SAME_MEMCPY),
        )
    found = re.search(rb"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or found is None:
        raise SystemExit(f"instructions: {words} failed: {done.stderr.decode()[-500:]}")
    return int(found[1])


def compiler():
    done = subprocess.run(
        [os.environ.get("CC") or "cc", "--version"], capture_output=True, check=True, text=True
    )
    return done.stdout.splitlines()[0]


def read_kept():
    """{(compiler, kernel): count}"""
    if not os.path.exists(KEPT):
        return {}
    with open(KEPT, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return {(line[0], line[1]): int(line[2]) for line in lines}


def write_kept(kept):
    with open(KEPT, encoding="utf-8") as file:
        remarks = [line for line in file if line.startswith("#")]
    with open(KEPT, "w", encoding="utf-8") as file:
        file.writelines(remarks)
        for (owner, kernel), instructions in kept.items():
            file.write(f"{owner}\t{kernel}\t{instructions}\n")


def judge(kernel, found, expected, as_test):
    """Prints a kernel's line; whether it is as good as before."""
    if expected is None:
        print(f"not ok {kernel}: no count is kept" if as_test else f"{kernel:30} {found:12,} new")
        return False
    growth = found / expected - 1
    good = growth <= MOST_GROWTH
    if not as_test:
        print(f"{kernel:30} {found:12,} {growth:+8.2%}{'' if good else '  grew'}")
    elif good:
        print(f"ok {kernel}")
    else:
        print(f"not ok {kernel}: expected at most {expected * (1 + MOST_GROWTH):.0f} instructions,"
              f" found {found}; instructions.py --accept if that is wanted")  # fmt: skip
    return good


def has_avx2():
    """Whether the programs take their AVX2 loops here, as they did where the counts were made."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return " avx2 " in file.read()


def reason_to_skip(as_test, kept):
    if shutil.which("valgrind") is None:
        return "there is no valgrind"
    if not has_avx2():
        return "the counts belong to a processor with AVX2"
    if as_test and not any(owner == compiler() for owner, _ in kept):
        return f"no counts are kept for {compiler()}"
    return None


def main():
    as_test, accepts = "--test" in sys.argv, "--accept" in sys.argv
    kept = read_kept()
    reason = reason_to_skip(as_test, kept)
    if reason:
        print(f"skip instructions: {reason}")
        return 0
    owner, all_good = compiler(), True
    inputs = inputs_of_events()
    inputs.update(inputs_of_states(inputs))
    with tempfile.TemporaryDirectory() as folder:
        for kernel, words, source in KERNELS:
            found = count(words, inputs[source], folder)
            if accepts:
                kept[owner, kernel] = found
                print(f"{kernel:30} {found:12,}")
            else:
                good = judge(kernel, found, kept.get((owner, kernel)), as_test)
                all_good = all_good and good
    if accepts:
        write_kept(kept)
    return 0 if all_good else 1


if __name__ == "__main__":
    sys.exit(main())
