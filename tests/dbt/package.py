"""The package install/dbt in a project of its own, project/, against an embedded server: python package.py BUILD FOLDER"""

import contextlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, f"{ROOT}/tests/faults")
os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "False"

from dbt.adapters.clickhouse.httpclient import ChHttpClient  # noqa: E402
from dbt.cli.main import dbtRunner  # noqa: E402
from server import Server  # noqa: E402

BUILD, FOLDER = sys.argv[1:3]
RUNNER = dbtRunner()


def check(name, is_right, detail=""):
    print(f"ok {name}" if is_right else f"not ok {name}: {' | '.join(str(detail).splitlines())}", flush=True)


def check_equal(name, expected, found):
    check(name, expected == found, f"expected {expected!r}, found {found!r}")


class Run:
    """One dbt command, in this process: what it printed, and what became of each node."""

    def __init__(self, *arguments):
        output = io.StringIO()
        began, spent = time.monotonic(), time.process_time()
        with contextlib.redirect_stdout(output):
            answer = RUNNER.invoke(["--no-use-colors", *arguments])
        self.success, self.output = answer.success, output.getvalue() + str(answer.exception or "")
        results = getattr(answer.result, "results", None) or []
        self.nodes = {result.node.name: result for result in results if hasattr(result, "node")}
        print(f"# dbt {' '.join(arguments)}: {time.monotonic() - began:.1f} s, {time.process_time() - spent:.1f} s of a processor", flush=True)

    def check_done(self, name):
        check(name, self.success, self.output[-3000:])

    def failed(self):
        return sorted(name for name, result in self.nodes.items() if result.status in ("error", "fail"))


class Shop:
    """The server with the project's tables."""

    def __init__(self):
        self.server = Server(BUILD, FOLDER)
        self.server.start()
        for statement in open(f"{HERE}/data.sql", encoding="utf-8").read().split(";\n"):
            if statement.strip():
                self.ask(statement)

    def ask(self, query, timeout=60):
        status, answer = self.server.ask(query, timeout=timeout)
        if status != 200:
            raise SystemExit(f"not ok query: {query}: {answer}")
        return answer

    def begins_run(self, number, *months):
        """What the models partition_refresh read of the run that comes."""
        self.ask(f"INSERT INTO shop.runs VALUES ({number})")
        self.ask("TRUNCATE TABLE shop.changed")
        if months:
            self.ask(f"INSERT INTO shop.changed VALUES {', '.join(f'({month})' for month in months)}")

    def months(self, schema="mart_http"):
        return self.ask(f"SELECT groupArray((month, runs, n)) FROM (SELECT toYYYYMM(day) AS month, groupUniqArray(run) AS runs, sum(events) AS n "
                        f"FROM {schema}.monthly GROUP BY month ORDER BY month)")

    def tables(self):
        return self.ask("SELECT arrayStringConcat(groupArray(name), ' ') FROM (SELECT name FROM system.tables WHERE database = 'mart_http' "
                        "AND name LIKE '%\\_\\_refresh\\_%' ORDER BY name)")


def files_of_readme():
    """The blocks that begin with a comment of a path: path and text, without it."""
    with open(f"{ROOT}/install/dbt/README.md", encoding="utf-8") as page:
        return dict(re.findall(r"^```\w+\n(?:#|--) ([\w/]+\.\w+)\n(.*?)^```$", page.read(), re.S | re.M))


def set_up_project():
    """Models of the package's page and of project/; installed from a git repository's sub-folder, as people do."""
    repository, project = f"{FOLDER}/saltwell", f"{FOLDER}/project"
    shutil.copytree(f"{ROOT}/install/dbt", f"{repository}/install/dbt")
    git = ["git", "-C", repository, "-c", "user.name=test", "-c", "user.email=test@localhost"]
    for arguments in ["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "the package"]:
        subprocess.run(git + arguments, check=True, timeout=60)
    shutil.copytree(f"{HERE}/project", project)
    os.chdir(project)
    for path, text in files_of_readme().items():
        with open(path, "a" if path == "dbt_project.yml" else "w", encoding="utf-8") as file:
            file.write(re.sub("git: .*", f"git: file://{repository}", text).replace("revision: v0.2.0", "revision: main"))
    Run("deps").check_done("dbt deps: from a repository's sub-folder")


def compiled(model):
    with open(f"target/compiled/shop/models/{model}.sql", encoding="utf-8") as file:
        return file.read().strip()


def check_texts(shop):
    """The macros' text is what saltwell_sql prints for the same table."""
    events, odd = ["--table", "`shop`.`events`"], ["--table", "`shop`.`odd`"]
    cases = {
        "numbered": ("shop.events", ["period_stream", *events, "--keys", "user", "--time", "ts", "--gap", "1800", "--lengths"]),
        "odd": ("shop.odd", ["period_stream", *odd, "--keys", "the user,it's", "--time", "ts", "--gap", "1800", "--max-span", "7200",
                             "--emit", "periods", "--restart", 're"start', "--sum", "a`b", "--sum", "back\\slash", "--moments", "a`b",
                             "--exact", "null", "--shards", "3", "--keys-unordered", "--patience", "60", "--max-memory", "1000000000",
                             "--check-exit-code"]),
    }
    for model, (table, arguments) in cases.items():
        columns = shop.ask(f"DESCRIBE TABLE {table} FORMAT TSV")
        printed = subprocess.run([f"{BUILD}/bin/saltwell_sql", *arguments], input=columns, capture_output=True, text=True, timeout=30)
        check_equal(f"{model}: the text of saltwell_sql", printed.stdout.strip() + printed.stderr, compiled(model))


def check_models(shop, schema):
    """What the models hold, against the functions over arrays of the same events."""
    for name, model, expected in [
        ("period_stream, rows", "SELECT user, ts, period_number, is_first_in_period, period_length FROM {}.numbered ORDER BY user, ts",
         "SELECT user, t.1, t.2.number, t.2.is_first, t.2.length FROM (SELECT user, arraySort(groupArray(ts)) AS times, "
         "arrayZip(times, periodRows(xxh3(user), times, 1800, 0)) AS rows FROM shop.events GROUP BY user) ARRAY JOIN rows AS t ORDER BY user, t.1"),
        ("period_stream, periods", "SELECT user, period_number, toInt64(period_first), period_length, seconds_n FROM {}.user_periods ORDER BY user, period_number",
         "SELECT user, number, first, length, n FROM (SELECT user, p.number AS number, p.first_tick AS first, p.last_tick AS last, p.length AS length "
         "FROM (SELECT user, periods(xxh3(user), groupArray(ts), 1800, 7200) AS list FROM shop.events GROUP BY user) ARRAY JOIN list AS p) AS p "
         "JOIN (SELECT user, groupArray((toInt64(ts), seconds)) AS events FROM shop.events GROUP BY user) AS e USING (user) "
         "ARRAY JOIN [arrayCount(v -> v.1 BETWEEN first AND last AND isNotNull(v.2), events)] AS n ORDER BY user, number"),
        ("periods of arrays", "SELECT user, number, first, length FROM {}.array_periods ORDER BY user, number",
         "SELECT user, period_number, toInt64(period_first), period_length FROM {}.user_periods ORDER BY user, period_number"),
        ("periods of a number, of two keys", "SELECT key, hashed, both FROM {}.keys ORDER BY key",
         "SELECT intDiv(id, 1000) AS key, periods(key, groupArray(ts), 1800, 0), periods(xxh3(key, page), groupArray(ts), 1800, 0) FROM shop.events GROUP BY key, page ORDER BY key"),
        ("merge_partials", "SELECT user, days, events, seconds_n, seconds_mean, seconds_stddev_samp, hex(state), hex(history) FROM {}.totals ORDER BY user",
         "SELECT user, uniqExact(toDate(ts)), count(), (exactMoments(exactState(groupArray(seconds)) AS s) AS m).1, welfordMean(m), "
         "welfordStddevSamp(m), hex(s), hex(activityState(groupArray(ts))) FROM shop.events GROUP BY user ORDER BY user"),
        ("merge_partials of a query", "SELECT user, events, moments.n, hex(exact) FROM {}.salted ORDER BY user",
         "SELECT user, count(), count(seconds), hex(exactState(groupArray(seconds))) FROM shop.events GROUP BY user ORDER BY user"),
        ("a refreshable view", "SELECT user, period_first, period_length FROM {}.recent ORDER BY user, period_first",
         "SELECT user, p.first_tick, p.length FROM (SELECT user, periods(xxh3(user), groupArray(ts), 1800, 0) AS list FROM shop.events GROUP BY user) "
         "ARRAY JOIN list AS p ORDER BY user, p.first_tick"),
        ("partition_refresh, first run", "SELECT day, user, events FROM {}.monthly ORDER BY day, user",
         "SELECT toDate(ts) AS day, user, count() FROM shop.events GROUP BY day, user ORDER BY day, user"),
        *((f"period_stream of a CTE: {model}", f"SELECT * FROM {{}}.{model}_passing ORDER BY ALL", f"SELECT * FROM {{}}.{model}_stored ORDER BY ALL")
          for model in ("numbered", "flagged", "periods")),
    ]:
        rows = shop.ask(expected.replace("{}", schema))
        check(f"{name} ({schema})", rows != "" and rows == shop.ask(model.replace("{}", schema)), "other rows")


def check_wrong(shop):
    """Models and tests that must fail, and what they say."""
    run = Run("build", "--select", "path:models/wrong")
    for model, text in {
        "overflow": "period_stream: row 2, key ('ann'): column 'amount_sum': expected a sum that fits Int64",
        "over_ephemeral": "found the ephemeral model `__dbt__cte__passing`: executable() does not see a CTE",
        "restarting": "expected a table or a view where restart is given, found the ephemeral model `__dbt__cte__passing`",
        "no_key": "saltwell_sql: --keys: expected a column of the table, found 'nobody'",
    }.items():
        check(f"a model that fails: {model}", model in run.failed() and text in run.output, run.output[-3000:])
    failures = {name: run.nodes[name].failures for name in run.failed() if name.startswith("overlapping_")}
    check_equal("tests that fail", {"overlapping_touches": 1, "overlapping_lacks_events": 2, "overlapping_is_no_view": 1,
                                    "overlapping_has_other_values": 1}, failures)


class Readers(threading.Thread):
    """Ask for the runs that wrote the days, until they are ended. Every answer is one run, or a reader saw a mixture."""

    def __init__(self, shop):
        super().__init__()
        self.shop, self.answers, self.is_over = shop, [], False

    def run(self):
        while not self.is_over:
            try:
                _, answer = self.shop.server.ask("SELECT groupUniqArray(run) FROM mart_http.stamped", timeout=20)
                self.answers.append(answer)
            except OSError:
                time.sleep(0.01)

    def end(self):
        self.is_over = True
        self.join()
        return set(self.answers)


def check_refresh(shop):
    """The materialisation partition_refresh: which partitions a run replaces, and what it refuses."""
    n = dict(row.split("\t") for row in shop.ask("SELECT toYYYYMM(ts) AS month, count() FROM shop.events GROUP BY month").splitlines())
    rows = lambda **runs: "[" + ",".join(f"({month[1:]},[{run}],{n[month[1:]]})" for month, run in runs.items()) + "]"
    check_equal("a full refresh writes all", rows(m202601=1, m202602=1, m202603=1, m202604=1), shop.months())

    readers = Readers(shop)
    readers.start()
    shop.begins_run(2, 202603)
    strict = shop.ask("SELECT count(), sum(cityHash64(*)) FROM mart_http.strict")
    shop.ask("DELETE FROM shop.events WHERE user = 'u1' AND toYYYYMM(ts) = 202603")
    shop.ask("CREATE OR REPLACE VIEW shop.shape AS SELECT toDate('2026-01-02') AS day, toUInt16(1) AS a, 2 AS b")
    run = Run("run", "--select", "monthly", "strict", "shape", "stray", "looking_back", "stamped")
    n["202603"] = shop.ask("SELECT count() FROM shop.events WHERE toYYYYMM(ts) = 202603")
    seen = readers.end()
    check_equal("changed, and lookback", rows(m202601=1, m202602=2, m202603=2, m202604=1), shop.months())
    check(f"a reader sees all days old or all new ({len(readers.answers)} readers)", seen == {"[1]", "[2]"}, seen)
    for model, text in {
        "strict": "the model has no rows of ",
        "shape": "`mart_http`.`shape` has another structure than the model: the model has a UInt16 at 2, the table has a UInt8 at 2, the model has b UInt8 at 3",
        "looking_back": "lookback needs WHERE {{ saltwell.refreshed(...) }} in the model",
        "stray": "found some of 202601, 202602, 202604: the model needs WHERE {{ saltwell.refreshed(...) }}",
    }.items():
        check(f"refused: {model}", model in run.failed() and text in run.output, run.output[-3000:])
    check_equal("what is refused changes nothing", strict, shop.ask("SELECT count(), sum(cityHash64(*)) FROM mart_http.strict"))

    shop.begins_run(3, 202604)
    shop.ask("DELETE FROM shop.events WHERE toYYYYMM(ts) = 202604")
    shop.ask("CREATE OR REPLACE VIEW shop.shape AS SELECT toDate('2026-01-02') AS day, 2 AS a")
    run = Run("run", "--select", "monthly", "shape")
    check_equal("a month without rows, and lookback", rows(m202601=1, m202602=2, m202603=3), shop.months())
    check_equal("the partitions of the new rows", "2026-01-01\t1\n2026-01-02\t2\n2026-01-03\t1", shop.ask("SELECT * FROM mart_http.shape ORDER BY day"))
    shop.ask("CREATE OR REPLACE VIEW shop.shape AS SELECT toDate('2026-01-02') AS day, 2 AS a, 3 AS b WHERE (SELECT max(run) FROM shop.runs) != 6")
    Run("run", "--full-refresh", "--select", "shape")
    check_equal("a full refresh takes another structure", "2026-01-02\t2\t3", shop.ask("SELECT * FROM mart_http.shape"))
    check_equal("nothing is left over", "", shop.tables())
    return rows


def run_with(after, do):
    """A run of the model monthly in which something happens once a statement is done."""
    command, done = ChHttpClient.command, []

    def command_then_do(self, sql, **options):
        answer = command(self, sql, **options)
        if after in sql and not done:
            done.append(sql)
            do()
        return answer

    ChHttpClient.command = command_then_do
    run = Run("run", "--select", "monthly")
    ChHttpClient.command = command
    check(f"a run with {after}", done, run.output[-2000:])
    return run


def check_overtaken(shop):
    """Another run replaces the table after this one has cloned it."""
    shop.begins_run(4, 202603)

    def replace():
        for statement in "CREATE TABLE mart_http.other CLONE AS mart_http.monthly", "EXCHANGE TABLES mart_http.other AND mart_http.monthly", "DROP TABLE mart_http.other":
            shop.ask(statement)

    before = shop.months()
    run = run_with("CLONE AS", replace)
    check("overtaken by another run: refused", not run.success and "another run has replaced `mart_http`.`monthly` meanwhile" in run.output, run.output[-2000:])
    check_equal("overtaken by another run: nothing changes", before, shop.months() + shop.tables())


def check_killed(shop, rows):
    """The server is killed after a statement of the refresh: the old table or the new one is there, and the next run ends well."""
    for number, (after, wanted) in enumerate({"REPLACE PARTITION": "old", "EXCHANGE TABLES": "new"}.items(), 4):
        shop.begins_run(number, 202602, 202603)
        before = shop.months()

        def kill():
            shop.server.process.kill()
            shop.server.process.wait()

        run = run_with(after, kill)
        kill()  # where the statement did not come
        shop.server.start()
        check(f"killed after {after}: the run fails", not run.success, run.output[-2000:])
        new = rows(m202601=number, m202602=number, m202603=number)
        check_equal(f"killed after {after}: the {wanted} rows", before if wanted == "old" else new, shop.months())
        check(f"killed after {after}: tables are left over", shop.tables() != "")
    shop.begins_run(6, 202602)
    run = Run("run", "--select", "monthly", "shape")
    check("refused: a model without rows", run.failed() == ["shape"] and "the model has no rows" in run.output, run.output[-2000:])
    check_equal("after the kills: the next run", rows(m202601=6, m202602=6, m202603=5), shop.months())
    check_equal("after the kills: nothing is left over", "", shop.tables())


def check_doctor(shop):
    run = Run("run-operation", "saltwell.doctor")
    check("the doctor", run.success and "28 functions and 3 programs of version" in run.output, run.output)
    shop.ask("CREATE OR REPLACE FUNCTION saltwellVersion AS () -> '0.0.1'")
    for name, arguments in ("the doctor", ["run-operation", "saltwell.doctor"]), ("on-run-start", ["run", "--select", "numbered"]):
        run = Run(*arguments)
        check(f"{name}: another version", not run.success and "found 0.0.1; to mend it: sudo install/install.sh" in run.output, run.output)
    shop.ask("DROP FUNCTION saltwellVersion")
    run = Run("run-operation", "saltwell.doctor")
    check("the doctor: a function is missing", not run.success and "the server has no function saltwellVersion; to mend it" in run.output, run.output)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("not ok the dbt package: it did not end in time"))
    shop = Shop()
    os.environ["HTTP_PORT"], os.environ["TCP_PORT"] = str(shop.server.http), str(shop.server.tcp)
    try:
        set_up_project()
        proper = ["--exclude", "path:models/wrong"]
        Run("build", *proper).check_done("the first run, with tests, over http")
        check_models(shop, "mart_http")
        check_texts(shop)
        Run("run", *proper).check_done("the second run")
        check_models(shop, "mart_http")
        check_wrong(shop)
        Run("run", "--full-refresh", *proper).check_done("a full refresh")
        check_models(shop, "mart_http")
        Run("docs", "generate", *proper).check_done("docs generate")
        rows = check_refresh(shop)
        check_overtaken(shop)
        check_killed(shop, rows)
        Run("build", "--target", "native", "--target-path", "native", *proper).check_done("the first run, with tests, over native")
        check_models(shop, "mart_native")
        check_doctor(shop)
    finally:
        shop.server.end()


if __name__ == "__main__":
    main()
