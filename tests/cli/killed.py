"""Gives a stream's program its input in pieces and, after each, looks at what has come out: never a
sequence of whole Native blocks before the input ends, from the moment when it has its first block."""

import os
import select
import signal
import struct
import subprocess
import sys

COLUMNS = [("k", "UInt64", "Q"), ("ts", "UInt32", "I")]
WIDTHS = {"UInt64": 8, "UInt32": 4, "UInt8": 1}
N_BLOCKS, N_ROWS = 8, 6


def varuint(n):
    assert n < 128
    return bytes([n])


def text(s):
    return varuint(len(s)) + s.encode()


def block(first):
    out = varuint(len(COLUMNS)) + varuint(N_ROWS)
    for name, type_name, code in COLUMNS:
        values = [(row // 4 if name == "k" else row) for row in range(first, first + N_ROWS)]
        out += text(name) + text(type_name) + struct.pack("<%d%s" % (N_ROWS, code), *values)
    return out


def whole_blocks(data):
    """How many rows the bytes hold, or None where they end inside a block."""
    at, rows = 0, 0

    def take(n):
        nonlocal at
        at += n
        if at > len(data):
            raise EOFError
        return data[at - n:at]

    def take_varuint():
        value = shift = 0
        while True:
            byte = take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    try:
        while at < len(data):
            n_columns, n_rows = take_varuint(), take_varuint()
            for _ in range(n_columns):
                take(take_varuint())
                type_name = take(take_varuint()).decode()
                take(WIDTHS[type_name] * n_rows)
            rows += n_rows
    except EOFError:
        return None
    return rows


def drain(fd, seconds):
    data = b""
    while select.select([fd], [], [], seconds)[0]:
        more = os.read(fd, 1 << 16)
        if not more:
            break
        data += more
    return data


def run(name, command, expected_rows):
    """Kills the program after each of its blocks, and lets it end once."""
    looked_whole = []
    for n in range(1, N_BLOCKS + 1):
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        out = b""
        for i in range(n):
            os.write(process.stdin.fileno(), block(i * N_ROWS))
            out += drain(process.stdout.fileno(), 0.03)
        process.send_signal(signal.SIGKILL)
        out += drain(process.stdout.fileno(), 5)
        process.wait()
        process.stdin.close()
        process.stdout.close()
        if whole_blocks(out) is not None:
            looked_whole.append("after %d blocks: %d bytes" % (n, len(out)))
    print("not ok %s, killed: %s" % (name, ", ".join(looked_whole)) if looked_whole
          else "ok %s, killed after each of %d blocks" % (name, N_BLOCKS))
    whole = subprocess.run(command, input=b"".join(block(i * N_ROWS) for i in range(N_BLOCKS)),
                           stdout=subprocess.PIPE, timeout=30).stdout
    rows = whole_blocks(whole)
    print("ok %s, ended" % name if rows == expected_rows
          else "not ok %s, ended: expected %d rows, found %s" % (name, expected_rows, rows))
    cut = [n for n in range(1, len(whole)) if whole_blocks(whole[:n]) == rows]
    print("ok %s, every cut loses rows" % name if not cut else "not ok %s: cut at %s" % (name, cut))


if __name__ == "__main__":
    bin_folder = sys.argv[1]
    stream = [bin_folder + "/period_stream", "--keys", "1", "--time", "ts", "--gap", "5"]
    n = N_BLOCKS * N_ROWS
    for options in [], ["--heartbeat"], ["--lengths"], ["--emit", "periods"]:
        run(" ".join(["period_stream"] + options), stream + options, n // 4 if "periods" in options else n)
    run("merge_partials", [bin_folder + "/merge_partials", "--keys", "1"], n // 4)
