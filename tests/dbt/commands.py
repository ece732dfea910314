"""Runs dbt commands in one process, a line of standard input each, in the folder that is named: python commands.py FOLDER"""

import os
import shlex
import sys

from dbt.cli.main import dbtRunner

os.chdir(sys.argv[1])
for line in sys.stdin:
    if not dbtRunner().invoke(shlex.split(line)).success:
        sys.exit(f"dbt {line.strip()} failed")
