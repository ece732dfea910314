"""Turns the runs into results.tsv and results.md; chart.py draws the first."""

import os
import platform
import statistics
import subprocess

MIB = 1 << 20
COLUMNS = (
    "case", "contender", "rows", "runs", "seconds", "seconds_min", "seconds_max", "ratio",
    "rows_per_second", "bytes_in", "bytes_out", "process_rss_bytes", "query_memory_bytes",
    "process_user_seconds", "process_system_seconds", "server_cpu_seconds",
)  # fmt: skip


def median_of(runs, name):
    found = [run[name] for run in runs if run.get(name) is not None]
    return statistics.median(found) if found else None


def ratio_of(runs, against, name="seconds"):
    """The median of the rounds' ratios; None where one of the two has no such number."""
    pairs = [(a.get(name), b.get(name)) for a, b in zip(runs, against)]
    if not pairs or not all(a and b for a, b in pairs):
        return None
    return statistics.median(a / b for a, b in pairs)


def add_cpu(runs):
    """All processor time of a run: the server's and the programs'."""
    for run in runs:
        if "server_cpu" in run:
            run["cpu"] = run["server_cpu"] + run.get("user_s", 0) + run.get("system_s", 0)


def summarise(case, contender, by_name):
    runs = by_name[contender]
    seconds = median_of(runs, "seconds")
    times = [run["seconds"] for run in runs]
    first = by_name[case.contenders[0].name]
    return {
        "case": case.name,
        "contender": contender,
        "rows": case.rows,
        "runs": len(runs),
        "seconds": seconds,
        "seconds_min": min(times),
        "seconds_max": max(times),
        "ratio": ratio_of(runs, first),
        "rows_per_second": case.rows / seconds,
        "bytes_in": median_of(runs, "in_bytes"),
        "bytes_out": median_of(runs, "out_bytes"),
        "process_rss_bytes": median_of(runs, "rss_bytes"),
        "query_memory_bytes": median_of(runs, "query_memory"),
        "process_user_seconds": median_of(runs, "user_s"),
        "process_system_seconds": median_of(runs, "system_s"),
        "server_cpu_seconds": median_of(runs, "server_cpu"),
    }


def judge(target, by_name, rows):
    """A target's line: what was wanted, what was found, in processor time too, whether it holds."""
    row = rows[target.contender]
    cpu = None
    if target.against:
        pair = by_name[target.contender], by_name[target.against]
        found, cpu = ratio_of(*pair), ratio_of(*pair, "cpu")
        what, unit = f"{target.contender} / {target.against}", ""
    elif target.measure == "events_per_second":
        found, unit = row["rows_per_second"] / 1e6, " M events/s"
        what = target.contender
    else:
        found = ((row["process_rss_bytes"] or 0) + (row["query_memory_bytes"] or 0)) / MIB
        what, unit = f"{target.contender}, memory of process and query", " MiB"
    wanted, holds = judge_limit(target, found, unit)
    digits = 2 if found < 10 else 0
    return what, wanted, f"{found:,.{digits}f}{unit}", number(cpu, 1, 2), holds


def judge_limit(target, found, unit):
    if target.at_most is None and target.at_least is None:
        return "(the limit)", ""
    scale = 1e6 if target.measure == "events_per_second" else 1
    limit = (target.at_most if target.at_least is None else target.at_least) / scale
    holds = found <= limit if target.at_least is None else found >= limit
    sign = "≤" if target.at_least is None else "≥"
    return f"{sign} {limit:g}{unit}", "yes" if holds else "**no**"


def number(value, scale=1.0, digits=0):
    return "" if value is None else f"{value / scale:,.{digits}f}"


def table(head, lines):
    text = "| " + " | ".join(head) + " |\n|" + "---|" * len(head) + "\n"
    return text + "".join("| " + " | ".join(line) + " |\n" for line in lines) + "\n"


def case_table(case, rows):
    lines = []
    for contender in case.contenders:
        row = rows.get(contender.name)
        if row is None:
            lines.append([contender.name, "skipped"] + [""] * 9)
            continue
        lines.append(
            [
                contender.name,
                number(row["seconds"], 1, 3),
                f"{number(row['seconds_min'], 1, 3)}–{number(row['seconds_max'], 1, 3)}",
                number(row["ratio"], 1, 2),
                number(row["rows_per_second"], 1e6, 1),
                number(row["bytes_in"], MIB),
                number(row["bytes_out"], MIB),
                number(row["process_rss_bytes"], MIB),
                number(row["query_memory_bytes"], MIB),
                f"{number(row['process_user_seconds'], 1, 2)} + "
                f"{number(row['process_system_seconds'], 1, 2)}"
                if row["process_user_seconds"] is not None
                else "",
                number(row["server_cpu_seconds"], 1, 2),
            ]
        )
    head = [
        "", "s", "fastest–slowest", f"÷ {case.contenders[0].name}", "M rows/s", "MiB in", "MiB out",
        "process MiB", "query MiB", "process s (user + system)", "server CPU s",
    ]  # fmt: skip
    title = f"### {case.name}: {case.title}\n\n{case.rows:,} rows.\n\n"
    return title + table(head, lines)


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(": ")[1].strip() for line in file if line.startswith("model name")]
    with open("/proc/meminfo", encoding="utf-8") as file:
        memory_kib = int(file.readline().split()[1])
    compiler = subprocess.run(
        [os.environ.get("CC") or "cc", "--version"], capture_output=True, check=True, text=True
    )
    return (
        f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores,"
        f" {memory_kib / MIB:.0f} GiB, Linux {platform.release()};"
        f" {compiler.stdout.splitlines()[0]}; Python {platform.python_version()};"
        f" load average {os.getloadavg()[1]:.1f} over the last 5 minutes"
    )


def write(folder, cases, runs, starts, versions):
    rows, targets, tables = {}, [], []
    with open(f"{folder}/results.tsv", "w", encoding="utf-8") as file:
        file.write("\t".join(COLUMNS) + "\n")
        for case in cases:
            by_name = {}
            for run in runs:
                if run["case"] == case.name:
                    by_name.setdefault(run["contender"], []).append(run)
            add_cpu(runs)
            rows[case.name] = {
                name: summarise(case, name, by_name) for name in by_name
            }
            for row in rows[case.name].values():
                file.write("\t".join(str(row[name]) for name in COLUMNS) + "\n")
            for target in case.targets:
                targets.append((case.name, *judge(target, by_name, rows[case.name])))
            tables.append(case_table(case, rows[case.name]))
        for program, times in starts.items():
            file.write(f"cold-start\t{program}\t0\t{len(times)}\t")
            file.write(f"{statistics.median(times) / 1e3}\t{min(times) / 1e3}\t{max(times) / 1e3}\n")
    for program, times in starts.items():
        middle = statistics.median(times)
        holds = "yes" if middle <= 2 else "**no**"
        targets.append(("cold start", program, "≤ 2 ms", f"{middle:.2f} ms", "", holds))
    engines = ", ".join(f"{name} {version}" for name, version in versions.items())
    with open(f"{folder}/results.md", "w", encoding="utf-8") as file:
        file.write(f"{machine()}; {engines}.\n\n## Targets\n\n")
        file.write(table(["case", "what", "target", "measured", "in processor time", "holds"], targets))
        file.write("## Cases\n\n" + "".join(tables))
