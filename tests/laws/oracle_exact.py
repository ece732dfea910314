#!/usr/bin/env python3
"""Judges the exact moments by exact arithmetic in Python.

usage: oracle_exact.py DRIVER [COUNT [SEED [NIST_FOLDER]]]

Feeds COUNT random arrays to DRIVER (exact_driver.c) and compares every bit of n, mean and m2 with
the values of integer arithmetic, rounded by Python's own division of integers, which is correctly
rounded, subnormals included. One array in a hundred is also computed with
fractions.Fraction alone, as a check of the oracle. The sets of NIST's Statistical Reference Datasets
in NIST_FOLDER, where given, are judged in the same way: the last bit that their doubles allow. Prints
`ok` or `not ok` lines; exit status 1 where a bit is wrong. The driver checks the merges of random
splits of the same arrays.
"""
import fractions
import math
import pathlib
import random
import struct
import subprocess
import sys

NAN_BITS = 0x7FF8000000000000
MAX = sys.float_info.max
TINY = 5e-324
BATCH = 2000


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def from_bits(b):
    return struct.unpack("<d", struct.pack("<Q", b))[0]


def divide(numerator, denominator):
    """The quotient of two integers, rounded to nearest, ties to even; inf beyond the doubles."""
    try:
        return numerator / denominator + 0.0  # + 0.0: a mean that rounds to 0 is +0.0
    except OverflowError:
        return math.inf


def scaled(x, unit):
    """x / 2^-unit as an integer."""
    numerator, denominator = x.as_integer_ratio()
    return numerator << (unit - denominator.bit_length() + 1)


def moments(values):
    """The specification: n, mean and m2 as bits."""
    n = len(values)
    if n == 0:
        return 0, 0, 0
    if not all(map(math.isfinite, values)):
        return n, NAN_BITS, NAN_BITS
    unit = max(x.as_integer_ratio()[1].bit_length() - 1 for x in values)
    integers = [scaled(x, unit) for x in values]
    total = sum(integers)
    deviation = n * sum(i * i for i in integers) - total * total
    return n, bits(divide(total, n << unit)), bits(divide(deviation, n << 2 * unit))


def moments_by_fractions(values):
    n = len(values)
    if n == 0 or not all(map(math.isfinite, values)):
        return moments(values)
    exact = [fractions.Fraction(x) for x in values]
    mean = sum(exact) / n
    m2 = sum((x - mean) ** 2 for x in exact)
    return (
        n,
        bits(divide(mean.numerator, mean.denominator)),
        bits(divide(m2.numerator, m2.denominator)),
    )


def any_finite(rng):
    while True:
        x = from_bits(rng.getrandbits(64))
        if math.isfinite(x):
            return x


def ill_conditioned(rng, n):
    """kappa = sqrt(1 + n mean^2 / m2) up to about 1e12."""
    kappa = 10 ** rng.uniform(0, 12)
    scale = 10 ** rng.uniform(-20, 20)
    return [scale * (1 + rng.gauss(0, 1) / kappa) for _ in range(n)]


def cancelling(rng, n):
    """Pairs x, -x at all scales, and a few small values that alone remain."""
    values = []
    for _ in range(n // 2):
        x = any_finite(rng)
        values += [x, -x]
    values += [rng.gauss(0, 1) for _ in range(rng.randrange(3))]
    rng.shuffle(values)
    return values


def duplicates(rng, n):
    few = [any_finite(rng) if rng.random() < 0.5 else rng.gauss(0, 9) for _ in range(rng.randint(1, 3))]
    return [rng.choice(few) for _ in range(n)]


def near_overflow(rng, n):
    return [rng.choice((-1, 1, 1)) * MAX * rng.uniform(0.5, 1) if rng.random() < 0.7 else MAX for _ in range(n)]


def m2_near_overflow(rng, n):
    """Values whose m2 lies about 2^1024."""
    return [rng.gauss(0, 1) * 2.0**512 / math.sqrt(n + 1) for _ in range(n)]


def subnormal(rng, n):
    return [rng.choice((-1, 1)) * rng.getrandbits(rng.randint(1, 56)) * TINY for _ in range(n)]


def m2_subnormal(rng, n):
    return [rng.gauss(0, 1) * 2.0 ** rng.uniform(-545, -505) for _ in range(n)]


def ties(rng, n):
    """Short mantissas: quotients by powers of two that end on half a place."""
    return [float(rng.getrandbits(53) | 1) * rng.choice((1, 2, -1)) for _ in range(n)]


def special(rng, n):
    odd = [math.nan, math.inf, -math.inf, from_bits(0xFFF0000000000001), 0.0, -0.0, MAX, -MAX, TINY]
    return [rng.choice(odd) if rng.random() < 0.2 else rng.gauss(0, 1) for _ in range(n)]


def spread(rng, n):
    width = rng.uniform(1, 60)
    return [math.ldexp(rng.gauss(0, 1), int(rng.uniform(-width, width))) for _ in range(n)]


KINDS = {
    "uniform": lambda rng, n: [rng.random() for _ in range(n)],
    "normal": lambda rng, n: [rng.gauss(rng.uniform(-2, 2), 1) for _ in range(n)],
    "lognormal": lambda rng, n: [rng.lognormvariate(0, 3) for _ in range(n)],
    "integers": lambda rng, n: [float(rng.randrange(-(10**6), 10**6)) for _ in range(n)],
    "prices": lambda rng, n: [rng.randrange(100000) / 100 for _ in range(n)],
    "any bits": lambda rng, n: [any_finite(rng) for _ in range(n)],
    "spread": spread,
    "ill-conditioned": ill_conditioned,
    "cancelling": cancelling,
    "duplicates": duplicates,
    "near overflow": near_overflow,
    "m2 near overflow": m2_near_overflow,
    "subnormal": subnormal,
    "m2 subnormal": m2_subnormal,
    "ties": ties,
    "zeros": lambda rng, n: [rng.choice((0.0, -0.0, 0.0, rng.gauss(0, 1e-3))) for _ in range(n)],
    "special": special,
}


def random_length(rng):
    choice = rng.random()
    if choice < 0.9:
        return rng.randrange(12)
    if choice < 0.999:
        return rng.randrange(12, 100)
    return rng.randrange(900, 2200)  # more than one block of the summing loop


def make_array(rng, index):
    kind = list(KINDS)[index % len(KINDS)]
    return kind, KINDS[kind](rng, random_length(rng))


def run_driver(driver, arrays):
    request = b"".join(struct.pack("<I%dd" % len(v), len(v), *v) for _, v in arrays)
    done = subprocess.run([driver], input=request, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        return None
    return [struct.unpack_from("<QQQ", done.stdout, 24 * i) for i in range(len(done.stdout) // 24)]


def count_wrong(arrays, answers, first_index):
    wrong = 0
    for i, ((kind, values), found) in enumerate(zip(arrays, answers)):
        expected = moments(values)
        if (first_index + i) % 100 == 0 and moments_by_fractions(values) != expected:
            raise AssertionError("the oracle disagrees with itself on %r" % (values,))
        if found != expected:
            wrong += 1
            if wrong <= 3:
                print("# %s, array %d: expected %x %x %x, found %x %x %x"
                      % ((kind, first_index + i) + expected + found))
    return wrong


def read_nist(path):
    """The doubles of a file of the sets: the lines after the one of dashes."""
    lines = path.read_text().splitlines()
    start = max(i for i, line in enumerate(lines) if line.startswith("---")) + 1
    return [float(line) for line in lines[start:] if line.strip()]


def check_nist(driver, folder):
    arrays = [(path.stem, read_nist(path)) for path in sorted(pathlib.Path(folder).glob("*.dat"))]
    answers = run_driver(driver, arrays)
    expected = [moments_by_fractions(values) for _, values in arrays]
    if not arrays or answers != expected:
        print("not ok exact-nist: expected %r, found %r" % (expected, answers))
        return False
    print("ok exact-nist")
    return True


def main():
    driver = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    if len(sys.argv) > 4 and not check_nist(driver, sys.argv[4]):
        return 1
    rng = random.Random(seed)
    wrong = 0
    for first in range(0, count, BATCH):
        arrays = [make_array(rng, first + i) for i in range(min(BATCH, count - first))]
        answers = run_driver(driver, arrays)
        if answers is None or len(answers) != len(arrays):
            print("not ok exact-splits: the driver failed on a batch from array %d, seed %d" % (first, seed))
            return 1
        wrong += count_wrong(arrays, answers, first)
    print("ok exact-splits")
    if wrong:
        print("not ok exact-oracle: %d of %d arrays have wrong bits, seed %d" % (wrong, count, seed))
        return 1
    print("ok exact-oracle")
    return 0


if __name__ == "__main__":
    sys.exit(main())
