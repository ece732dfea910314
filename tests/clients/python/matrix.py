"""The queries that every client is asked, and what it answered.

    matrix.py expect URL CASES >EXPECTED     asks the server over plain HTTP, in a text format
    matrix.py judge CLIENT EXPECTED ANSWERS  prints one result per case

CASES has a line per query: its name, a tab, and a SELECT of one column named `value`. EXPECTED is a list of
{name, sql, type, values}. A client writes a line of JSON for each query, {name, values} or {name, error}, with
`type` where it knows one. In `values` bytes and text are the hexadecimal digits of their bytes, a tuple is
the list of its members, and an integer may be given as the text of its digits.
"""

import json
import sys
import urllib.error
import urllib.request

ASK = "/?default_format=JSONCompactEachRowWithNamesAndTypes&output_format_json_named_tuples_as_objects=0"


def expect(url, cases_path):
    cases = []
    with open(cases_path, encoding="utf-8") as file:
        for line in file:
            name, sql = line.rstrip("\n").split("\t")
            try:
                with urllib.request.urlopen(url + ASK, sql.encode(), timeout=30) as answer:
                    _, types, *rows = answer.read().splitlines()
            except urllib.error.HTTPError as error:
                sys.exit(f"{name}: {error.read().decode(errors='replace')}")
            # A state is not UTF-8. Latin-1 keeps every byte.
            values = [in_hexadecimal(json.loads(row.decode("latin-1"))[0]) for row in rows]
            cases.append({"name": name, "sql": sql, "type": json.loads(types)[0], "values": values})
    json.dump(cases, sys.stdout)


def in_hexadecimal(value):
    if isinstance(value, list):
        return [in_hexadecimal(member) for member in value]
    return value.encode("latin-1").hex() if isinstance(value, str) else value


def members(type_name):
    """The types within the outermost parentheses, without the names of a tuple's members."""
    inner = type_name[type_name.index("(") + 1 : -1]
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(inner + ","):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(inner[start:at].strip())
            start = at + 1
    return [part.split(" ", 1)[1] if " " in part.split("(")[0] else part for part in parts]


def same(type_name, expected, found):
    """Whether the client's value is the expected one: integers to the last digit, floats to the last bit."""
    if type_name.startswith("Nullable("):
        return found is None if expected is None else same(members(type_name)[0], expected, found)
    if type_name.startswith(("Array(", "Tuple(")):
        if not isinstance(found, list) or len(found) != len(expected):
            return False
        kinds = members(type_name)
        kinds = kinds * len(expected) if type_name.startswith("Array(") else kinds
        return all(map(same, kinds, expected, found))
    if type_name.startswith("Float"):
        return isinstance(found, (int, float)) and float(found) == float(expected)
    if type_name == "String":
        return found == expected
    return isinstance(found, (int, str)) and str(found) == str(expected)


def problem(case, answer):
    if answer is None:
        return "the client gave no answer"
    if "error" in answer:
        return answer["error"]
    found_type = answer.get("type", case["type"]).replace("`", "")
    if found_type != case["type"]:
        return f"expected the type {case['type']}, found {found_type}"
    if len(answer["values"]) != len(case["values"]):
        return f"expected {len(case['values'])} rows, found {len(answer['values'])}"
    for row, (expected, found) in enumerate(zip(case["values"], answer["values"]), 1):
        if not same(case["type"], expected, found):
            return f"row {row}: expected {json.dumps(expected)}, found {json.dumps(found)}"
    return None


def judge(expected_path, answers_path, *clients):
    with open(expected_path, encoding="utf-8") as file:
        cases = json.load(file)
    with open(answers_path, encoding="utf-8") as file:
        answers = {(answer["client"], answer["name"]): answer for answer in map(json.loads, file)}
    for client in clients:
        for case in cases:
            found = problem(case, answers.get((client, case["name"])))
            label = f"{client}: {case['name']}"
            print(f"ok {label}" if found is None else f"not ok {label}: {' '.join(found.split())[:600]}")


if __name__ == "__main__":
    {"expect": expect, "judge": judge}[sys.argv[1]](*sys.argv[2:])
