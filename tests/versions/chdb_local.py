#!/usr/bin/env python3
"""tests/versions/chdb_local.py [OPTION...] --queries-file FILE

Stands in for saltwell-local on an engine that only a Python process can load: one of chdb's wheels,
whose shared object SALTWELL_ENGINE names. The plugin set is the one in $BUILD.

Such an engine keeps the result of a run's last query alone. So every query of the file that
answers with rows writes them to standard output itself.
"""
import ctypes
import os
import re
import shutil
import sys
import tempfile


class Result(ctypes.Structure):
    """What query_stable_v2 of 24.8 answers; newer ones have functions for it."""

    _fields_ = [
        ("data", ctypes.c_void_p),
        ("size_bytes", ctypes.c_size_t),
        ("owner", ctypes.c_void_p),
        ("elapsed_s", ctypes.c_double),
        ("n_rows", ctypes.c_uint64),
        ("n_bytes", ctypes.c_uint64),
        ("error", ctypes.c_char_p),
    ]


def to_stdout(statement):
    """The statement, and where its rows go."""
    body = re.sub(r"--[^\n]*", "", statement).lstrip()
    if not re.match(r"(?i)(SELECT|WITH|DESCRIBE|SHOW|EXISTS)\b|\(", body):
        return statement
    rows, of_format = re.subn(r"(?i)\bFORMAT\s+(\w+)\s*$", r"INTO OUTFILE '/dev/stdout' APPEND FORMAT \1", statement)
    return rows if of_format else statement + "\nINTO OUTFILE '/dev/stdout' APPEND FORMAT TSV"


def run(library, arguments):
    """Runs one command line of clickhouse local. Returns the error, or None."""
    argv = (ctypes.c_char_p * len(arguments))(*[argument.encode() for argument in arguments])
    if not hasattr(library, "chdb_query_cmdline"):
        library.query_stable_v2.restype = ctypes.POINTER(Result)
        return library.query_stable_v2(len(arguments), argv).contents.error
    library.chdb_query_cmdline.restype = ctypes.c_void_p
    library.chdb_result_error.restype = ctypes.c_char_p
    library.chdb_result_error.argtypes = [ctypes.c_void_p]
    return library.chdb_result_error(library.chdb_query_cmdline(len(arguments), argv))


def main():
    build = os.environ["BUILD"]
    at = sys.argv.index("--queries-file")
    with open(sys.argv[at + 1], encoding="utf-8") as file:
        statements = re.split(r";[ \t]*(?:--[^\n]*)?(?:\n|$)", file.read())
    queries = ";\n".join(to_stdout(s) for s in statements if re.sub(r"--[^\n]*", "", s).strip())
    path = tempfile.mkdtemp(prefix="chdb_local.")
    shutil.copytree(f"{build}/user_defined", f"{path}/user_defined")
    sys.stderr.flush()
    messages = open(f"{path}/stderr", "w+b", buffering=0)
    own_stderr = os.dup(2)
    os.dup2(messages.fileno(), 2)
    error = run(ctypes.CDLL(os.environ["SALTWELL_ENGINE"]), [
        "clickhouse-local", f"--path={path}", "--multiquery", *sys.argv[1:at], f"--query={queries}", "--",
        f"--user_scripts_path={build}/bin",
        f"--user_defined_executable_functions_config={build}/xml/*_function.xml"])
    # Some print the message of a failed query themselves and say nothing of it in the result.
    messages.seek(0)
    printed = messages.read()
    shutil.rmtree(path, ignore_errors=True)
    os.write(own_stderr, printed + (error or b""))
    os._exit(1 if error or b"DB::Exception" in printed else 0)  # the engine's threads never end


main()
