"""The embedded ClickHouse as a server, with the plugin set and the benchmark's own programs."""

import glob
import http.client
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.parse

POOLED_XML = """<function>
    <type>executable_pool</type>
    <name>{name}</name>
    <command>{command}</command>
    {arguments}
    <return_type>{returns}</return_type>
    <return_name>result</return_name>
    <format>Native</format>
    <execute_direct>1</execute_direct>
    <deterministic>1</deterministic>
    <pool_size>16</pool_size>
    <max_command_execution_time>3600</max_command_execution_time>
    <command_read_timeout>3600000</command_read_timeout>
    <command_write_timeout>3600000</command_write_timeout>
    <command_pipe_capacity>1048576</command_pipe_capacity>
    <stderr_reaction>throw</stderr_reaction>
    <check_exit_code>1</check_exit_code>
</function>
"""

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class QueryFailed(Exception):
    """The server refused a query; the text is its own."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One server process and its plugin folder."""

    def __init__(self, build, folder):
        self.build = build
        self.plugins = os.path.join(folder, "plugins")
        self.usage_path = os.path.join(folder, "usage.tsv")
        self.data_path = os.path.join(folder, "data")
        self.log_path = os.path.join(folder, "server.log")
        self.process = None

    def add_programs(self, paths):
        os.makedirs(os.path.join(self.plugins, "bin"), exist_ok=True)
        for path in paths:
            shutil.copy(path, os.path.join(self.plugins, "bin"))

    def prepare(self, functions):
        """Puts the plugin set together; `functions` are (name, command, arguments, returns)."""
        shutil.rmtree(self.plugins, ignore_errors=True)
        self.add_programs(glob.glob(f"{self.build}/bin/*") + glob.glob(f"{self.build}/bench/bin/*"))
        shutil.copytree(f"{self.build}/user_defined", f"{self.plugins}/user_defined")
        shutil.copytree(f"{self.build}/xml", f"{self.plugins}/xml")
        self.write_functions(functions)

    def write_functions(self, functions):
        with open(f"{self.plugins}/xml/bench_function.xml", "w", encoding="utf-8") as file:
            file.write("<functions>\n")
            for name, command, arguments, returns in functions:
                listed = "".join(
                    f"<argument><name>{argument}</name><type>{kind}</type></argument>"
                    for argument, kind in arguments
                )
                file.write(
                    POOLED_XML.format(
                        name=name, command=command, arguments=listed, returns=returns
                    )
                )
            file.write("</functions>\n")

    def start(self):
        self.port = free_port()
        command = [
            f"{self.build}/saltwell-local", "--serve", "--no-password", "--all-files", "--path", self.data_path,
            "--http-port", str(self.port), "--tcp-port", str(free_port()),
            "--plugins", self.plugins,
        ]  # fmt: skip
        environment = dict(os.environ, SALTWELL_BENCH_USAGE=self.usage_path)
        self.log = open(self.log_path, "w", encoding="utf-8")
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        if "ready" not in self.process.stdout.readline():
            raise RuntimeError(f"the server did not start: see {self.log_path}")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.log.close()
            self.process = None

    def open(self, sql, **parameters):
        """Sends a query on a connection of its own, and gives the answer unread."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=7200)
        connection.request("POST", "/?" + urllib.parse.urlencode(parameters), body=sql.encode())
        return connection.getresponse()

    def save(self, sql, path):
        """Writes a query's answer to a file."""
        response = self.open(sql)
        if response.status != 200:
            raise QueryFailed(response.read().decode(errors="replace")[:600])
        with open(path, "wb") as file:
            shutil.copyfileobj(response, file)

    def query(self, sql, **settings):
        """Runs a query and gives its answer as text."""
        response = self.open(sql, **settings)
        answer = response.read().decode(errors="replace")
        if response.status != 200 or response.headers.get("X-ClickHouse-Exception-Code"):
            raise QueryFailed(f"{answer.strip()[:600]}\n  in: {sql[:300]}")
        return answer

    def value(self, sql):
        return self.query(sql).strip()

    def run(self, sql):
        """Runs a query for nothing but its cost: wall seconds, peak memory, the server's own CPU."""
        cpu = self.cpu_seconds()
        began = time.monotonic()
        response = self.open(sql + " FORMAT Null", wait_end_of_query=1)
        answer = response.read()
        seconds = time.monotonic() - began
        if response.status != 200:
            raise QueryFailed(answer.decode(errors="replace")[:600])
        summary = json.loads(response.headers["X-ClickHouse-Summary"])
        return {
            "seconds": seconds,
            "query_memory": int(summary["memory_usage"]),
            "server_cpu": self.cpu_seconds() - cpu,
        }

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def take_usage(self):
        """What the stream programs of the last query used, by `measured`; forgets it."""
        try:
            with open(self.usage_path, encoding="utf-8") as file:
                lines = [line.rstrip("\n").split("\t") for line in file]
            os.unlink(self.usage_path)
        except FileNotFoundError:
            return None
        return {
            "rss_bytes": max(int(line[1]) for line in lines),
            "user_s": sum(float(line[2]) for line in lines),
            "system_s": sum(float(line[3]) for line in lines),
            "in_bytes": sum(int(line[4]) for line in lines),
            "out_bytes": sum(int(line[5]) for line in lines),
        }

    def pooled_usage(self, command, reset_peak=False):
        """What the pooled processes of this command have used since their start; the peak of
        their memory since it was last reset."""
        words = command.split(" ")
        usage = {"rss_bytes": 0, "user_s": 0.0, "system_s": 0.0, "in_bytes": 0, "out_bytes": 0}
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            folder = os.path.dirname(path)
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    found = file.read().rstrip("\0").split("\0")
                if not found[0].startswith(self.plugins) and not (
                    len(found) > 1 and found[1].startswith(self.plugins)
                ):
                    continue
                if found[-(len(words) - 1) :] != words[1:] and len(words) > 1:
                    continue
                if not any(word.endswith("/" + words[0]) for word in found):
                    continue
                add_process(usage, folder)
                if reset_peak:
                    with open(f"{folder}/clear_refs", "w", encoding="utf-8") as file:
                        file.write("5")
            except (OSError, ValueError, IndexError):
                continue
        return usage


def add_process(usage, folder):
    with open(f"{folder}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    usage["user_s"] += int(fields[11]) / CLOCK_TICKS
    usage["system_s"] += int(fields[12]) / CLOCK_TICKS
    with open(f"{folder}/status", encoding="utf-8") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                usage["rss_bytes"] = max(usage["rss_bytes"], int(line.split()[1]) * 1024)
    with open(f"{folder}/io", encoding="utf-8") as file:
        counts = dict(line.strip().split(": ") for line in file)
    usage["in_bytes"] += int(counts["rchar"])
    usage["out_bytes"] += int(counts["wchar"])
