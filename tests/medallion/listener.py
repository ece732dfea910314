#!/usr/bin/env python3
"""Listens for a webhook: listener.py PORT FILE. Each line of JSON that is posted is appended to FILE.

While a file FILE.refuse is there it answers with 500, and keeps nothing.
"""
import http.server
import os
import sys

PORT, FILE = int(sys.argv[1]), sys.argv[2]


class Listener(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def body(self):
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"]))
        body = b""
        while True:
            chunk = self.rfile.read(int(self.rfile.readline(), 16))
            self.rfile.readline()
            if not chunk:
                return body
            body += chunk

    def do_POST(self):
        body = self.body()
        refused = os.path.exists(FILE + ".refuse")
        if not refused:
            with open(FILE, "ab") as file:
                file.write(body)
        self.send_response(500 if refused else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Listener).serve_forever()
