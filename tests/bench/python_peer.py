#!/usr/bin/env python3
"""The logic of periodRows, welfordState and period_stream as people write it in Python today.

Standard library only, Native format, `array` for the columns: what a careful author gets without
packages. The peer that the C programs are measured against.

    python_peer.py periodRows | welfordState | stream GAP
"""

import hashlib
import struct
import sys
from array import array

READ = sys.stdin.buffer.read
WRITE = sys.stdout.buffer.write


def read_varuint(first=None):
    value = shift = 0
    byte = first
    while True:
        if byte is None:
            byte = READ(1)
            if not byte:
                raise EOFError
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
        shift += 7
        byte = None


def varuint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def text(value):
    return varuint(len(value)) + value.encode()


def read_values(code, count):
    values = array(code)
    values.frombytes(READ(count * values.itemsize))
    return values


def read_header():
    """The sizes of the next block, None at the end of the input."""
    first = READ(1)
    if not first:
        return None
    return read_varuint(first), read_varuint()


def read_name_and_type():
    return READ(read_varuint()), READ(read_varuint())


def read_arrays(code, rows):
    read_name_and_type()
    ends = read_values("Q", rows)
    return ends, read_values(code, ends[-1] if rows else 0)


def read_column(code, rows):
    read_name_and_type()
    return read_values(code, rows)


def period_id(key, first):
    digest = hashlib.blake2b(struct.pack("<Qq", key, first), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def one_key(key, times, gap, out):
    """Appends the rows of one key to the columns of `out`."""
    ids, numbers, firsts, lengths, uniques = out
    order = range(len(times))
    if any(a > b for a, b in zip(times, times[1:])):
        order = sorted(order, key=times.__getitem__)
    base = len(ids)
    blank = [0] * len(times)
    for column in out:
        column.extend(blank)
    number = 0
    members = []
    unique = 0
    previous = None

    def close():
        count = len(members)
        for place in members:
            lengths[place] = count
            uniques[place] = unique

    for index in order:
        tick = times[index]
        place = base + index
        if previous is None or tick - previous > gap:
            close()
            members = []
            number += 1
            unique = 0
            identity = period_id(key, tick)
            firsts[place] = 1
            previous = None
        if tick != previous:
            unique += 1
        members.append(place)
        ids[place] = identity
        numbers[place] = number
        previous = tick
    close()


def period_rows():
    kind = (
        "Array(Tuple(id UInt64, number UInt32, is_first UInt8, length UInt32, unique_length UInt32))"
    )
    while (header := read_header()) is not None:
        rows = header[1]
        keys = read_column("Q", rows)
        ends, ticks = read_arrays("q", rows)
        gaps = read_column("q", rows)
        read_column("q", rows)
        out = (array("Q"), array("I"), array("B"), array("I"), array("I"))
        begin = 0
        for row in range(rows):
            one_key(keys[row], ticks[begin : ends[row]], gaps[row], out)
            begin = ends[row]
        WRITE(varuint(1) + varuint(rows) + text("result") + text(kind) + ends.tobytes())
        for column in out:
            WRITE(column.tobytes())
        sys.stdout.flush()


def welford_state():
    kind = "Tuple(n UInt64, mean Float64, m2 Float64)"
    while (header := read_header()) is not None:
        rows = header[1]
        ends, values = read_arrays("d", rows)
        counts, means, squares = array("Q"), array("d"), array("d")
        begin = 0
        for end in ends:
            count = 0
            mean = square = 0.0
            for value in values[begin:end]:
                count += 1
                delta = value - mean
                mean += delta / count
                square += delta * (value - mean)
            counts.append(count)
            means.append(mean)
            squares.append(square)
            begin = end
        WRITE(varuint(1) + varuint(rows) + text("result") + text(kind))
        for column in (counts, means, squares):
            WRITE(column.tobytes())
        sys.stdout.flush()


def stream(gap):
    """key UInt64, ts DateTime in; those and period_id, period_number, is_first_in_period out."""
    key = previous = None
    number = identity = 0
    while (header := read_header()) is not None:
        rows = header[1]
        read_name_and_type()
        keys = read_values("Q", rows)
        time_name, time_type = read_name_and_type()
        ticks = read_values("I", rows)
        ids, numbers, firsts = array("Q"), array("I"), bytearray()
        for found, tick in zip(keys, ticks):
            if found != key:
                key = found
                number = 1
                identity = period_id(key, tick)
                firsts.append(1)
            elif tick - previous > gap:
                number += 1
                identity = period_id(key, tick)
                firsts.append(1)
            else:
                firsts.append(0)
            previous = tick
            ids.append(identity)
            numbers.append(number)
        WRITE(varuint(5) + varuint(rows) + text("key") + text("UInt64") + keys.tobytes())
        WRITE(text(time_name.decode()) + text(time_type.decode()) + ticks.tobytes())
        WRITE(text("period_id") + text("UInt64") + ids.tobytes())
        WRITE(text("period_number") + text("UInt32") + numbers.tobytes())
        WRITE(text("is_first_in_period") + text("UInt8") + bytes(firsts))
        sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "stream":
        stream(int(sys.argv[2]))
    elif sys.argv[1] == "periodRows":
        period_rows()
    else:
        welford_state()
