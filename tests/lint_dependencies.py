#!/usr/bin/env python3
"""tests/lint_dependencies.py OBJECT...: who needs whom. `make lint` runs it on the library's objects and the
programs'.

Prints, and ends with status 1 if there is any,
- each include that points the wrong way between the rooms,
- each circle between headers: they include one another,
- each circle between objects: they use one another's functions, so that none can be used or tested alone,
- each function of the library that nothing but tests uses.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What the files of a room may include. The compiler proves it as well: each room has its own include paths.
MAY_USE = {
    "aggregations": {"aggregations"},
    "udf/common": {"aggregations", "udf/common"},
    "udf/stream": {"aggregations", "udf/common", "udf/stream"},
    "udf/sql": {"aggregations", "udf/common", "udf/stream", "udf/sql"},
    "udf/phoenix": {"aggregations", "udf/common", "udf/phoenix"},
    "udf": {"aggregations", "udf/common", "udf/stream", "udf/sql", "udf/phoenix"},
}
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)
INLINE = re.compile(r"^(?:CHECKED )?static inline [^;{]*?\b(\w+)\(", re.M)
# What a program leaves to the end of its process, and a test, which goes on, may not.
TESTS_ALONE = {"io_behind_end"}


def room_of(path):
    return str(path.parent.relative_to(ROOT))


def read_files():
    """The sources of all rooms, and the header of each name."""
    files = [path for room in MAY_USE for path in sorted((ROOT / room).glob("*.[ch]"))]
    headers = {}
    for path in files:
        if path.suffix == ".h":
            if path.name in headers:
                sys.exit(f"two headers of one name: {room_of(headers[path.name])}/ and {room_of(path)}/{path.name}")
            headers[path.name] = path
    return files, headers


def includes_of(files, headers):
    """Which headers each header includes, and the faults of all includes."""
    uses, faults = {}, []
    for path in files:
        names = INCLUDE.findall(path.read_text())
        for name in names:
            if name not in headers:
                faults.append(f"{path.relative_to(ROOT)}: expected a header of aggregations/ or udf/, found {name}")
            elif room_of(headers[name]) not in MAY_USE[room_of(path)]:
                faults.append(f"{path.relative_to(ROOT)}: may not use {headers[name].relative_to(ROOT)}")
        if path.suffix == ".h":
            uses[path.name] = {name for name in names if name in headers}
    return uses, faults


def symbols_of(objects):
    """Where each function and datum is, and which of them each object wants."""
    homes, wants = {}, {}
    for path in objects:
        listed = subprocess.run(["nm", "-g", path], capture_output=True, text=True, check=True).stdout
        symbols = [line.split()[-2:] for line in listed.splitlines()]
        wants[path] = {name for kind, name in symbols if kind == "U"}
        homes.update({name: path for kind, name in symbols if kind != "U" and name != "main"})
    return homes, wants


def needless(homes, wants, files):
    """The functions and data that no object wants and their own file does not use."""
    text = "\n".join(path.read_text() for path in files)
    sources = "\n".join(path.read_text() for path in files if path.suffix == ".c")
    wanted = TESTS_ALONE.union(*wants.values())
    faults = [f"{home}: nothing uses {name}" for name, home in sorted(homes.items())
              if name not in wanted and len(re.findall(rf"\b{name}\(", sources)) < 2]
    for path in (path for path in files if path.suffix == ".h"):
        for name in INLINE.findall(path.read_text()):
            if len(re.findall(rf"\b{name}\(", text)) < 2:
                faults.append(f"{path.relative_to(ROOT)}: nothing uses {name}")
    return faults


def find_circles(uses):
    """The strongly connected components of more than one member (Tarjan 1972), each sorted."""
    index, low, stack, circles = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for used in sorted(uses[node]):
            if used not in index:
                visit(used)
            if used in stack:
                low[node] = min(low[node], low[used])
        if low[node] == index[node]:
            at = stack.index(node)
            circle = stack[at:]
            del stack[at:]
            if len(circle) > 1:
                circles.append(circle)

    for node in sorted(uses):
        if node not in index:
            visit(node)
    return circles


def main():
    files, headers = read_files()
    includes, faults = includes_of(files, headers)
    homes, wants = symbols_of(sys.argv[1:])
    faults += needless(homes, wants, files)
    takes = {path: {homes[name] for name in wants[path] if name in homes} - {path} for path in wants}
    for uses in (includes, takes):
        for circle in find_circles(uses):
            faults.append("a circle:")
            for name in sorted(circle):
                faults.append(f"    {name} uses {', '.join(sorted(uses[name] & set(circle)))}")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


sys.exit(main())
