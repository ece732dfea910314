"""Every message of the executables, from their sources, as docs/operations.md lists them.

    messages.py             prints what is missing in the page, and what is there and no more said; status 1 if any is
    messages.py --write     puts them in order: takes out what is no more said, and puts what is missing under `Unsorted`

A message stands as `text`, a line of a list each, in the section that says what to do about it. What the program fills
in is `…`."""

import glob
import re
import sys

PAGE = "docs/operations.md"
SOURCES = ["aggregations/*.c", "udf/*.c", "udf/*/*.c"]
BEGIN, END = "<!-- messages: begin -->\n", "<!-- messages: end -->\n"
UNSORTED = "### Unsorted\n"
# Of the arguments of each function, which is the message, and what stands around it. What has no literal there (it
# passes a message on) is none of its own.
CALLS = {"err_set": (2, "{}"), "err_prefix": (1, "{}: …"), "refused": (0, "sandbox: {}: …"), "lose": (1, "{}: …"), "program_complain": (1, "{}")}
PASSED_ON = {"sandbox: …: …", "…: …"}  # refused() itself; the name of a function before its error
CONVERSION = re.compile(r"%(?:\.\*|\.?\d+)?(?:[-+ #0]*\d*)(?:\.\d+)?(?:hh|h|ll|l|z|j)?[a-zA-Z]")


def arguments(text, at):
    """Those of the call whose parenthesis opens before `at`, as text."""
    depth, begin, found = 1, at, []
    while depth > 0:
        if text[at] in "\"'":
            quote, at = text[at], at + 1
            while text[at] != quote:
                at += 2 if text[at] == "\\" else 1
        elif text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            depth -= 1
        if depth == 0 or depth == 1 and text[at] == ",":
            found.append(text[begin:at])
            begin = at + 1
        at += 1
    return found


def message(argument):
    """The literal, with … for each conversion; None where it is no literal."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"|\b(PRI[a-z]+\d*)\b', argument)
    if not argument.strip().startswith('"'):
        return None
    text = "".join(literal if not macro else "d" for literal, macro in parts)
    return CONVERSION.sub("…", text.replace('\\"', '"').replace("\\\\", "\\")).replace("%%", "%")


def messages():
    found = set()
    for path in sorted(path for pattern in SOURCES for path in glob.glob(pattern)):
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
        for call in re.finditer(r"\b(" + "|".join(CALLS) + r")\(", text):
            at, around = CALLS[call.group(1)]
            given = arguments(text, call.end())
            words = message(given[at]) if at < len(given) else None
            if words is not None and around.format(words) not in PASSED_ON:
                found.add(around.format(words))
    return found


def main():
    said = messages()
    with open(PAGE, encoding="utf-8") as file:
        before, rest = file.read().split(BEGIN)
    section, after = rest.split(END)
    listed = re.findall(r"^- ``? ?(.*?) ?``?$", section, flags=re.M)
    missing, stale = sorted(said - set(listed)), sorted(set(listed) - said)
    if sys.argv[1:] == ["--write"]:
        lines = [line for line in section.splitlines(True) if not any(line == item(words) for words in stale)]
        new = "".join(lines) + ("\n" + UNSORTED + "\n" + "".join(item(words) for words in missing) + "\n" if missing else "")
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(before + BEGIN + new + END + after)
        return 0
    for words in missing:
        print(f"missing: {words}")
    for words in stale:
        print(f"said no more: {words}")
    for words in sorted(words for words in set(listed) if listed.count(words) > 1):
        print(f"there twice: {words}")
    if UNSORTED in section:
        print("sections without advice: Unsorted")
    print(f"{len(said)} messages")
    return 1 if missing or stale or UNSORTED in section or len(set(listed)) != len(listed) else 0


def item(words):
    return f"- `` {words} ``\n" if "`" in words else f"- `{words}`\n"


if __name__ == "__main__":
    sys.exit(main())
