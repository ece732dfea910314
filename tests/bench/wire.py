"""Blocks in ClickHouse's Native format, for inputs that need no server."""

from array import array


def varuint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def text(value):
    return varuint(len(value)) + value.encode()


def block(rows, columns):
    """`columns` are (name, type, the bytes of the values)."""
    parts = [varuint(len(columns)), varuint(rows)]
    for name, kind, values in columns:
        parts += [text(name), text(kind), values]
    return b"".join(parts)


def numbers(code, values):
    return array(code, values).tobytes()


def ends_of(sizes):
    """The offsets of arrays of these sizes."""
    ends, end = array("Q"), 0
    for size in sizes:
        end += size
        ends.append(end)
    return ends.tobytes()


def read_varuint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def values_of_answer(data):
    """The rows and the values of a block of one column, as they stand."""
    _, at = read_varuint(data, 0)
    rows, at = read_varuint(data, at)
    for _ in ("name", "type"):
        size, at = read_varuint(data, at)
        at += size
    return rows, data[at:]


class Draws:
    """A fixed sequence of numbers: SplitMix64."""

    def __init__(self, seed):
        self.state = seed

    def next(self, below):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return (z ^ (z >> 31)) % below
