"""saltwell-local's prompt, driven through a pseudo-terminal as a user drives it.

usage: prompt.py PROGRAM FOLDER [BUILD]; prints a line per result. FOLDER takes the history and scratch
files. With BUILD, PROGRAM is examples/demo/shell.sh.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time

PROMPT = ":) "
DEADLINE_S = 30
CTRL_C, CTRL_D, CTRL_Z, TAB, UP = "\x03", "\x04", "\x1a", "\t", "\x1b[A"
SLOW = "SELECT number, sleepEachRow(0.1) FROM numbers(30) SETTINGS max_block_size = 1"


class Session:
    """One run of the program on a terminal of its own."""

    def __init__(self, program, folder, *options):
        self.scratch = tempfile.mkdtemp(dir=folder)
        environment = {**os.environ, "HOME": folder, "TMPDIR": self.scratch, "TERM": "xterm"}
        environment.pop("XDG_STATE_HOME", None)
        environment.pop("CLICKHOUSE_HISTORY_FILE", None)
        self.text = ""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.execve(program, [program, *options], environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 200, 0, 0))

    def send(self, keys):
        self.text = ""
        os.write(self.terminal, keys.encode())

    def read(self, deadline):
        """What comes next, without the codes of colours and cursor; None at the end."""
        if not select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))[0]:
            raise TimeoutError(f"expected more within {DEADLINE_S} s, found {self.text[-600:]!r}")
        try:
            found = os.read(self.terminal, 65536).decode(errors="replace")
        except OSError:  # the other side has closed the terminal
            return None
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", found)

    def expect(self, part):
        deadline = time.monotonic() + DEADLINE_S
        while part not in self.text:
            found = self.read(deadline)
            if found is None:
                raise EOFError(f"expected {part!r}, found the end after {self.text[-600:]!r}")
            self.text += found
        before, self.text = self.text.split(part, 1)
        return before

    def run(self, query):
        """Types a query and returns what is printed up to the next prompt."""
        self.send(query + "\r")
        self.expect("Query id")
        return self.expect(PROMPT)

    def press_until(self, key, part):
        """Presses a key again and again: completion begins once the names are loaded."""
        deadline = time.monotonic() + DEADLINE_S
        while part not in self.text:
            os.write(self.terminal, key.encode())
            time.sleep(0.2)
            self.text += self.read(deadline) or ""

    def end(self):
        """The exit status and whether the terminal echoes whole lines, as it did before."""
        deadline = time.monotonic() + DEADLINE_S
        while self.read(deadline) is not None:
            pass
        modes = termios.tcgetattr(self.terminal)[3]
        status = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        self.process = 0
        return status, bool(modes & termios.ECHO and modes & termios.ICANON)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process != 0:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.terminal)


def check(name, expected, found):
    print(f"ok {name}" if expected == found else f"not ok {name}: expected {expected!r}, found {found!r}")


def check_has(name, part, text):
    print(f"ok {name}" if part in text else f"not ok {name}: expected {part!r} in {text!r}")


def test_queries(program, folder):
    with Session(program, folder) as session:
        session.expect(PROMPT)
        check_has("prompt: a result", "│ [1,1,2] ", session.run("SELECT periodNumbers([1, 2, 100], 10, 0)"))
        session.send("SELECT no_such_column\r")
        check_has("prompt: an error", "no_such_column", session.expect("UNKNOWN_IDENTIFIER"))
        session.expect(PROMPT)
        session.send("SELECT firstInPer")
        session.press_until(TAB, "firstInPeriod")
        print("ok prompt: completion")
        session.send(CTRL_C)
        session.expect(PROMPT)
        session.send(CTRL_D)
        check("prompt: Ctrl-D: status, terminal", (0, True), session.end())


def test_history(program, folder):
    with Session(program, folder) as session:
        session.expect(PROMPT)
        session.send(UP + UP)
        session.expect("SELECT periodNumbers([1, 2, 100], 10, 0)")
        print("ok prompt: history of the last session")


def test_interrupt(program, folder):
    after = ("--interactive", "--query", "SELECT periodNumbers([7], 1, 0)")
    with Session(program, folder, *after) as session:
        check_has("prompt: after --query", "│ [1] ", session.expect(PROMPT))
        session.send(SLOW + "\r")
        session.expect("Query id")
        session.expect("3.00 rows")  # by then the pager runs
        session.send(CTRL_Z + CTRL_C)
        asked = time.monotonic()
        signals = session.expect("Ctrl-C again within 2 s leaves")
        ending = session.expect(PROMPT)
        check_has("prompt: Ctrl-C lets the query end", "│     29 │", ending)
        check("prompt: Ctrl-Z is no crash", False, "Fatal" in signals + ending)
        check_has("prompt: functions after it", "│ [1,2] ", session.run("SELECT periodNumbers([1, 9], 1, 0)"))
        # A Ctrl-C within the two seconds would be the second of the first.
        time.sleep(max(0, asked + 2.5 - time.monotonic()))
        session.send(SLOW + "\r")
        session.expect("Query id")
        session.send(CTRL_C)
        session.expect("leaves")
        session.send(CTRL_C)
        check("prompt: Ctrl-C twice: status, terminal", (130, True), session.end())
        check("prompt: Ctrl-C twice: no scratch folder is left", [], os.listdir(session.scratch))


def test_shell(program, folder):
    with Session(program, folder) as session:
        greeting = session.expect(PROMPT)
        check_has("shell: what there is", "(user, ts, host, value)\r\nwith 4.00 rows", greeting)
        for name in ("activityEvents", "periods", "welfordToAggregate", "saltOf", "welfordVarSamp"):
            check_has(f"shell: lists {name}", f" {name} ", " ".join(greeting.split()))
        example = re.search("Try:(.*?)\r\n\r\n", greeting, re.DOTALL).group(1)
        check_has("shell: its example", "│ ann  │ 2 │", session.run(" ".join(example.split())))
        session.send(CTRL_D)
        check("shell: Ctrl-D: status, terminal", (0, True), session.end())


def main(program, folder, build=None):
    if build:
        os.environ["BUILD"] = build
    for test in (test_shell,) if build else (test_queries, test_history, test_interrupt):
        try:
            test(program, folder)
        except (TimeoutError, EOFError) as error:
            print(f"not ok prompt: {test.__name__}: {' '.join(str(error).split())}")


main(*sys.argv[1:])
