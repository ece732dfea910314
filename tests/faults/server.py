"""A server of the test's own, with a copy of the plugin set, so that its processes can be told from all others."""

import http.client
import os
import random
import shutil
import signal
import socket
import subprocess
import threading
import time


def free_port():
    """Below those of outgoing connections, which the clients of a server that is away would take."""
    while True:
        port = random.randrange(20000, 29000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Server:
    def __init__(self, build, folder):
        self.build, self.data, self.plugins = build, f"{folder}/data", f"{folder}/plugins"
        self.process, self.http = None, free_port()
        self.tcp, self.latest = free_port(), threading.local()
        for part in "bin", "xml", "user_defined":
            shutil.copytree(f"{build}/{part}", f"{self.plugins}/{part}")

    def start(self):
        """Until it is ready. After a kill, a process that had only just begun may hold the port for a moment."""
        for _ in range(20):
            self.launch()
            if self.is_ready():
                return
            self.process.kill()
            self.process.wait()
            time.sleep(0.5)
        with open(f"{self.plugins}/server.log", encoding="utf-8", errors="replace") as log:
            raise SystemExit(f"the server did not start: {log.read()[-2000:]}")

    def launch(self):
        """A limit on file sizes is to be an error, not the end of the server."""
        command = [f"{self.build}/saltwell-local", "--serve", "--no-password", "--path", self.data, "--plugins", self.plugins,
                   "--http-port", str(self.http), "--tcp-port", str(self.tcp)]
        with open(f"{self.plugins}/server.log", "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, restore_signals=False)

    def is_ready(self):
        deadline = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                if self.ask("SELECT 1", timeout=5) == (200, "1"):
                    return True
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        return False

    def end(self, with_signal=signal.SIGTERM):
        self.process.send_signal(with_signal)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, query, timeout=60, revision=0, query_id=""):
        """The status and the answer. socket.timeout where none comes in time. The answer's headers are kept for the thread.
        A server that is killed between two of its headers has sent no answer, though http.client, and curl as well, take
        the end of the connection for the end of the headers and what came for an empty body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=timeout)
        try:
            connection.request("POST", f"/?query_id={query_id}&client_protocol_version={revision}", query.encode())
            response = connection.getresponse()
            self.latest.headers = dict(response.getheaders())
            if not {"Transfer-Encoding", "Content-Length"} & set(self.latest.headers):
                raise http.client.IncompleteRead(b"")
            return response.status, response.read().decode(errors="replace").strip()
        finally:
            connection.close()

    def processes(self):
        """Of the plugin set, whoever started them: (id, name, state, parent)."""
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                    name, rest = file.read().split("(", 1)[1].rsplit(")", 1)
                state, parent = rest.split()[:2]
                # What has ended has no executable any more; then the parent says whose it was.
                ours = state == "Z" and int(parent) == self.process.pid or os.readlink(f"/proc/{entry}/exe").startswith(self.plugins)
            except OSError:
                continue
            if ours:
                found.append((int(entry), name, state, int(parent)))
        return found
