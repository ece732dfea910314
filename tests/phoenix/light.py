"""The light server and phoenix_scan, for the tests: how they are started, told and read."""

import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ["BUILD"])
LIGHT = BUILD / "phoenix" / "light"
DEADLINE_S = 60


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Server:
    """A light server. It can be started again after its end, on the same ports, with the same tables."""

    def __init__(self, statements, settings=(), heap="512m"):
        self.statements, self.settings, self.heap, self.ports = statements, settings, heap, free_ports(3)
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["java", f"-Xmx{self.heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Duser.timezone=UTC", *(f"-D{s}" for s in self.settings),
             "-cp", self.class_path(), "light.LightServer", *map(str, self.ports), *self.statements],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8")
        self.answer()

    @staticmethod
    def class_path():
        return f"{LIGHT / 'classes'}:{(LIGHT / 'classpath').read_text().strip()}"

    def answer(self):
        lines = []
        for line in self.process.stdout:
            if line == ".\n":
                return lines
            lines.append(line.rstrip("\n"))
        raise RuntimeError(f"the light server ended: {self.process.wait()}")

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.answer()

    def end(self):
        self.process.stdin.close()
        self.process.wait(DEADLINE_S)


class Plugins:
    """A folder with the executables and a sources file of its own."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(dir=os.environ.get("TMPDIR")))
        for name in ("bin", "xml", "user_defined"):
            shutil.copytree(BUILD / name, self.folder / name)
        self.file = self.folder / "phoenix_sources.conf"
        self.details = self.folder / "details"
        self.details.mkdir()
        self.sources = ""

    def add(self, name, port, **settings):
        """`port` is a number, or a whole url."""
        url = f"http://127.0.0.1:{port}/" if isinstance(port, int) else port
        lines = [f"{key} = {value}" for key, value in {"url": url, **settings}.items()]
        self.sources += "\n".join([f"[{name}]", *lines, "", ""])
        self.file.write_text(self.sources)
        self.file.chmod(0o600)

    def start(self, options, windows, **more):
        process = subprocess.Popen([self.folder / "bin" / "phoenix_scan", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, **more)
        process.stdin.write(native_windows(windows))
        process.stdin.close()
        process.stdin = None
        return process

    def scan(self, options, windows):
        """The columns that come out, and the message."""
        out, message = self.start(options, windows).communicate(timeout=DEADLINE_S)
        return out, message.decode().rstrip("\n")

    def query(self, sql):
        done = subprocess.run([BUILD / "saltwell-local", f"--plugins={self.folder}", "--query", sql], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=DEADLINE_S, check=False)
        return (done.stdout + done.stderr).rstrip("\n")

    def read_details(self, run):
        return [json.loads(line) for line in (self.details / f"{run}.jsonl").read_text().splitlines()]

    def remove(self):
        shutil.rmtree(self.folder)


def varuint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def native_windows(windows):
    block = varuint(2) + varuint(len(windows))
    for i, name in enumerate((b"a", b"b")):
        block += varuint(1) + name + varuint(5) + b"Int64" + b"".join(struct.pack("<q", window[i]) for window in windows)
    return block


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def varuint(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def take(self, n):
        if self.at + n > len(self.data):
            raise EOFError("the output is cut off")
        self.at += n
        return self.data[self.at - n:self.at]

    def text(self):
        return self.take(self.varuint()).decode()

    def column(self, kind, n):
        if kind.startswith("Nullable("):
            nulls = self.take(n)
            return [None if null else value for null, value in zip(nulls, self.column(kind[9:-1], n))]
        if kind == "String":
            return [self.text() for _ in range(n)]
        if kind in ("Int64", "DateTime64(3)"):
            return list(struct.unpack(f"<{n}q", self.take(8 * n)))
        raise ValueError(f"a type that the test does not read: {kind}")


def read_native(data):
    """The rows of all blocks, as {name: values}."""
    reader, columns = Reader(data), {}
    while reader.at < len(data):
        n_columns, n_rows = reader.varuint(), reader.varuint()
        for _ in range(n_columns):
            name, kind = reader.text(), reader.text()
            columns.setdefault(name, []).extend(reader.column(kind, n_rows))
    return columns


def wait_for(condition, what):
    end = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.02)


def check(name, expected, found):
    same = expected == found
    print(f"ok {name}" if same else f"not ok {name}: expected {str(expected)[:600]!r}, found {str(found)[:600]!r}", flush=True)


def check_holds(name, part, text):
    print(f"ok {name}" if part in text else f"not ok {name}: expected {part!r} in {text[:600]!r}", flush=True)
