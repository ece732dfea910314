#!/usr/bin/env python3
"""tests/versions/http_front.py PORT

Answers HTTP as ClickHouse does, for an engine that only answers a command line: each query is run by chdb_local.py,
in a process of its own. Parameters of a query are passed on; a client's protocol version is not, for a command
line has none. For the doctor on older servers.
"""
import http.server
import os
import subprocess
import sys
import tempfile
import urllib.parse

LOCAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "chdb_local.py")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"]))
        fields = urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)
        options = [f"--{name}={value}" for name, value in fields if name.startswith("param_")]
        with tempfile.NamedTemporaryFile(suffix=".sql") as file:
            file.write(query)
            file.flush()
            run = subprocess.run([LOCAL, *options, "--queries-file", file.name], stdin=subprocess.DEVNULL,
                                 capture_output=True, timeout=100, check=False)
        self.send_response(500 if run.returncode else 200)
        self.end_headers()
        self.wfile.write(run.stderr if run.returncode else run.stdout)

    def log_message(self, *_):
        pass


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
