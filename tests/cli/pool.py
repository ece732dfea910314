"""A pooled process as the server keeps one: it is sent a block, and the next one only after its answer.

    pool.py WARM_BLOCKS BLOCKS BLOCK ANSWER_BYTES COMMAND...

Sends the file BLOCK WARM_BLOCKS + BLOCKS times; an answer has ANSWER_BYTES. Prints the process's peak
and its address space, in KiB, after the first WARM_BLOCKS and at the end:
`warm_peak warm_size peak size`, and ends with its exit status."""

import subprocess
import sys


def memory(process):
    """VmHWM and VmSize of the process."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        fields = dict(line.split(":", 1) for line in status)
    return [fields[name].split()[0] for name in ("VmHWM", "VmSize")]


def main():
    n_warm, n_blocks, path, answer_bytes = sys.argv[1:5]
    with open(path, "rb") as file:
        block = file.read()
    process = subprocess.Popen(sys.argv[5:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    found = []
    for n in (int(n_warm), int(n_blocks)):
        for _ in range(n):
            process.stdin.write(block)
            process.stdin.flush()
            if len(process.stdout.read(int(answer_bytes))) < int(answer_bytes):
                raise SystemExit("pool.py: the process ended before its answer")
        found += memory(process)
    process.stdin.close()
    print(*found)
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())
