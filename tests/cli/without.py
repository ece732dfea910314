"""Runs a command as on a kernel, or in a container, that lacks a system call: the call fails with ENOSYS.

    without.py NUMBER COMMAND..."""

import ctypes
import os
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER = 22, 38, 2
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL_WITH_ENOSYS = 0x7FFF0000, 0x00050000 | 38


def main():
    instructions = [
        (LOAD, 0, 0, 0),  # the system call's number
        (JUMP_IF_EQUAL, 0, 1, int(sys.argv[1])),
        (RETURN, 0, 0, FAIL_WITH_ENOSYS),
        (RETURN, 0, 0, ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *i) for i in instructions))
    program = struct.pack("HxxxxxxQ", len(instructions), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, MODE_FILTER, program, 0, 0):
        raise SystemExit(f"without.py: no filter: {os.strerror(ctypes.get_errno())}")
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
