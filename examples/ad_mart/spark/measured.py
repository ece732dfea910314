#!/usr/bin/env python3
"""Runs a command and prints what it took.

usage: measured.py SERVER_PID COMMAND...

Seconds, processor seconds, and the peak of the memory held together, looked at ten times a second: of
the command and its children, or, where SERVER_PID is not 0, of that process and its children (the
processor seconds then count both).
"""
import os
import subprocess
import sys
import time

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def tree(root):
    """Bytes in memory, and processor seconds, of a process and its children."""
    children, stats = {}, {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry))
            # utime, stime, and those of children that have ended
            stats[int(entry)] = int(fields[21]) * PAGE, sum(map(int, fields[11:15])) / TICKS
    size, seconds, pids = 0, 0.0, [root]
    while pids:
        pid = pids.pop()
        size += stats.get(pid, (0, 0))[0]
        seconds += stats.get(pid, (0, 0))[1]
        pids += children.get(pid, [])
    return size, seconds


def main(server, *command):
    server = int(server)
    server_before = tree(server)[1] if server else 0.0
    began, peak, own = time.time(), 0, 0.0
    process = subprocess.Popen(command)
    while process.poll() is None:
        # A Java machine is not waited for by the program that began it: its last seconds are read here.
        size, own_now = tree(process.pid)
        own = max(own, own_now)
        peak = max(peak, tree(server)[0] if server else size)
        time.sleep(0.1)
    seconds = time.time() - began
    processor = own + (tree(server)[1] - server_before if server else 0.0)
    print(f"  {seconds:.1f} s, {processor:.1f} processor s, at most {peak / 2**20:.0f} MiB of memory with all children")
    return process.returncode


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__.split("\n\n")[1])
    sys.exit(main(*sys.argv[1:]))
