"""What the clients in Python share: asking all queries, and writing down what came.

The file of expected answers, the first argument, has the queries. See matrix.py for the form of an answer.
"""

import json
import math
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    CASES = json.load(file)
A_STATE = next(case for case in CASES if case["type"] == "String")


def plain(value):
    """A value of whatever Python type as JSON takes it."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    # pandas has no other NULL for a float; the data has no NaN.
    return None if isinstance(value, float) and math.isnan(value) else value


def write(client, name, **what):
    print(json.dumps({"client": client, "name": name, **what}), flush=True)


def answer_all(client, ask, ask_as_text=None):
    """`ask(sql)` gives the values and their type, or None where the client has no name for it;
    `ask_as_text` is the same without the options that a state needs."""
    for case in CASES:
        try:
            values, type_name = ask(case["sql"])
            known = {"type": type_name} if type_name else {}
            write(client, case["name"], values=plain(list(values)), **known)
        except Exception as error:
            write(client, case["name"], error=f"{type(error).__name__}: {error}")
    if ask_as_text:
        write(client, "a state as text", found=as_text(ask_as_text))


def as_text(ask):
    try:
        found = list(ask(A_STATE["sql"])[0])[0]
        if isinstance(found, str) and found == A_STATE["values"][0]:
            return "hexadecimal digits"
        return "bytes" if plain(found) == A_STATE["values"][0] else "changed text"
    except Exception:
        return "an error"
