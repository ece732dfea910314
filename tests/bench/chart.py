"""Draws a run's results: for each case the time of every contender as a multiple of ours.

usage: chart.py RESULTS.tsv CHART.svg; reads the columns case, contender, rows, seconds and ratio of
the table that report.py writes. docs/bench.svg is drawn from docs/bench.tsv.
"""

import csv
import math
import sys
from html import escape

# In the order of the chart. A case that is not here is one of these at a smaller size.
QUESTIONS = {
    "rows": "In which period is each event?",
    "rows-small": "The same, against general-purpose tools",
    "log": "The same on a real log, by user",
    "periods": "What are each key's periods?",
    "capped": "One hot key, a period lasts a day at most: what are its periods?",
    "capped-400k": "The same, against the only way to say it in ClickHouse's SQL",
    "periodRows": "periodRows() over arrays: how near is it to its limit?",
    "periodRows-small": "periodRows() over arrays, against a UDF in Python",
    "periods-array": "periods() over arrays: how near is it to its limit?",
    "activityState": "activityState(): how near is it to its limit?",
    "moments": "Mean and variance per key, as a state that merges",
    "welfordState-small": "welfordState(), against a UDF in Python",
    "merge": "What do eight partial states per key and metric merge to?",
}
OURS = {"saltwell", "stream rows", "stream periods", "periods()", "exactState"}
KINDS = {
    "ours": ("#e8590c", "Saltwell"),
    "peer": ("#4a7fb5", "what one would use instead"),
    "limit": ("#b5bcc2", "limit: the same bytes through the same pipes, nothing computed"),
}
TEXTS = (
    "Time of each way to do a job, as a multiple of Saltwell's",
    "A shorter bar is faster, and each line to the right ten times slower. echo is an executable that copies;"
    " raw pipes have no ClickHouse.",
)
GRID = {False: ("#ccc", 1), True: ("#111", 1.5)}
WIDTH, LEFT, RIGHT = 840, 205, 700
TOP, BAR, STEP, TITLE, GAP = 110, 12, 16, 22, 14


def kind(contender):
    if contender in OURS:
        return "ours"
    return "limit" if contender.startswith("echo") or contender == "raw pipes" else "peer"


def text(x, y, words, *, size=12, color="#333", anchor="start", weight="normal"):
    # The white rim keeps it readable where a line of the grid passes.
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{color}" text-anchor="{anchor}"'
        f' font-weight="{weight}" stroke="#fff" stroke-width="3" paint-order="stroke">{escape(words)}</text>'
    )


def box(x, y, width, height, color):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" fill="{color}"/>'


def line(x, top, bottom, color, width):
    return f'<path d="M{x:.1f} {top}V{bottom}" stroke="{color}" stroke-width="{width}"/>'


def short(number):
    """Three digits: 49999951 is 50M, 8.967 is 8.97."""
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return f"{number:.{0 if number >= 100 else 1 if number >= 10 else 2}f}"


def duration(seconds):
    return f"{short(seconds)} s" if seconds >= 0.1 else f"{seconds * 1e3:.0f} ms"


def read(path):
    """The rows of each case that is drawn, in the order of QUESTIONS."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["case"] in QUESTIONS]
    for row in rows:
        row["ratio"], row["seconds"] = float(row["ratio"]), float(row["seconds"])
    rows.sort(key=lambda row: list(KINDS).index(kind(row["contender"])))
    cases = {name: [row for row in rows if row["case"] == name] for name in QUESTIONS}
    return {name: found for name, found in cases.items() if found}


class Scale:
    """From a ratio to a place on the page, by powers of ten."""

    def __init__(self, ratios):
        self.low = math.floor(math.log10(min(ratios)))
        self.high = math.ceil(math.log10(max(max(ratios), 10)))

    def place(self, ratio):
        share = (math.log10(ratio) - self.low) / (self.high - self.low)
        return LEFT + share * (RIGHT - LEFT)

    def ticks(self):
        return [10.0**power for power in range(self.low, self.high + 1)]


def draw_case(name, rows, scale, y):
    yield text(12, y + 13, QUESTIONS[name], size=13, weight="bold", color="#111")
    yield text(WIDTH - 12, y + 13, f"{short(int(rows[0]['rows']))} rows", color="#777", anchor="end")
    y += TITLE
    for tick in scale.ticks():
        yield line(scale.place(tick), y - 3, y + STEP * len(rows), *GRID[tick == 1])
    for row in rows:
        color, _ = KINDS[kind(row["contender"])]
        end = scale.place(row["ratio"])
        yield text(LEFT - 8, y + 10, row["contender"], anchor="end")
        yield box(LEFT, y, end - LEFT, BAR, color)
        words = f"{short(row['ratio'])}×, {duration(row['seconds'])}"
        yield text(max(end, scale.place(1)) + 6, y + 10, words, size=11, color="#555")
        y += STEP


def draw_head(scale):
    yield text(12, 24, TEXTS[0], size=16, weight="bold", color="#111")
    x = 12
    for color, words in KINDS.values():
        yield box(x, 40, 12, 12, color)
        yield text(x + 18, 50, words)
        x += 42 + 6.2 * len(words)
    yield text(12, 74, TEXTS[1], color="#777")
    for tick in scale.ticks():
        yield text(scale.place(tick), TOP - 10, f"{tick:g}×", color="#777", anchor="middle",
                   weight="bold" if tick == 1 else "normal")  # fmt: skip


def draw(cases):
    scale = Scale([row["ratio"] for rows in cases.values() for row in rows])
    parts, y = list(draw_head(scale)), TOP
    for name, rows in cases.items():
        parts += draw_case(name, rows, scale, y)
        y += TITLE + GAP + STEP * len(rows)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}"'
    return "\n".join([head + ' font-family="sans-serif">', box(0, 0, WIDTH, y, "#fff"), *parts, "</svg>\n"])


def write_chart(results, chart):
    cases = read(results)
    if cases:
        with open(chart, "w", encoding="utf-8") as file:
            file.write(draw(cases))


if __name__ == "__main__":
    write_chart(*sys.argv[1:])
