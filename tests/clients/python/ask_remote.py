"""The native protocol between servers: ask_remote.py EXPECTED HOST:TCP_PORT ENGINE

The embedded engine, here without the plugin set, asks the server through remote().
"""

import json
import subprocess
import sys

from answers import CASES, write
from matrix import in_hexadecimal

FORM = "FORMAT JSONCompactEachRowWithNamesAndTypes"


def remote(sql):
    return f"SELECT value FROM remote('{sys.argv[2]}', view({sql}))"


script = "SET output_format_json_named_tuples_as_objects = 0;\n"
for case in CASES:
    script += f"SELECT {json.dumps(case['name'])!r} AS asked FORMAT TSVRaw;\n{remote(case['sql'])} {FORM};\n"
script += f"""
INSERT INTO FUNCTION remote('{sys.argv[2]}', default, returned)
SELECT 'remote()', key, state FROM remote('{sys.argv[2]}', default, states);
"""
engine = [sys.argv[3], "--plugins", "/nonexistent"]
done = subprocess.run(engine, input=script.encode(), stdout=subprocess.PIPE, timeout=60, check=True)

name, lines = None, []
for line in done.stdout.splitlines() + [b'""']:
    found = json.loads(line.decode("latin-1"))
    if isinstance(found, list):
        lines.append(found)
        continue
    if name:
        write("remote()", name, type=lines[1][0], values=[in_hexadecimal(row[0]) for row in lines[2:]])
    name, lines = found, []
