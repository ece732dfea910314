#!/usr/bin/env python3
"""Recomputes days of the ad mart from a CSV export of the raw tables, row by row.

usage: recompute.py FOLDER DAY...

FOLDER holds meta.csv and preclick.csv, all rows of rtb.meta_v8 and rtb.yandex_preclick, and
user_daily.csv, host_daily.csv, ip_daily.csv and daily.csv, the rows of the marts (of the last the view
daily_periods) of the days DAY,
each with a header, `\\N` for NULL and strings as they are; columns of tuples as three columns
NAME.n, NAME.mean, NAME.m2, the activity in hexadecimal. Every row and column of the marts of DAY must
be what the raw rows give. Prints what differs and `ok` or `not ok` per mart; exit status 1 when
anything differs. Nothing of ClickHouse and of the plugin set is used: the moments are fractions,
rounded once, the ids are XXH3-64 written down from its specification, the activity is encoded after
aggregations/FORMAT.md.
"""
import collections
import csv
import datetime
import fractions
import math
import sys

METRICS = ("ctr", "avg_visit_duration", "avg_duration_per_page", "time_show_to_view")
KEY = ("event_date", "event_time", "bid_id", "ssp_id", "dsp_id", "user_id", "imp_id", "imp_id_source")
MOSCOW = datetime.timedelta(hours=3)
EPOCH = datetime.date(1970, 1, 1)
MASK = 2**64 - 1

SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
    "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
    "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
    "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
    "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
    "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e")


def read(data, at, n_bytes):
    return int.from_bytes(data[at:at + n_bytes], "little")


def swap(x):
    return int.from_bytes(x.to_bytes(8, "little"), "big")


def fold(a, b):
    product = a * b
    return (product ^ (product >> 64)) & MASK


def avalanche(x):
    x ^= x >> 37
    x = x * 0x165667919E3779F9 & MASK
    return x ^ (x >> 32)


def avalanche_64(x):
    x ^= x >> 33
    x = x * 0xC2B2AE3D27D4EB4F & MASK
    x ^= x >> 29
    x = x * 0x165667B19E3779F9 & MASK
    return x ^ (x >> 32)


def xxh3(data):
    """XXH3-64 with seed 0, up to 128 bytes."""
    n = len(data)
    if n == 0:
        return avalanche_64(read(SECRET, 56, 8) ^ read(SECRET, 64, 8))
    if n <= 3:
        mixed = data[0] << 16 | data[n >> 1] << 24 | data[n - 1] | n << 8
        return avalanche_64(mixed ^ read(SECRET, 0, 4) ^ read(SECRET, 4, 4))
    if n <= 8:
        mixed = read(data, n - 4, 4) + (read(data, 0, 4) << 32)
        x = mixed ^ read(SECRET, 8, 8) ^ read(SECRET, 16, 8)
        x ^= (x << 49 | x >> 15) & MASK ^ (x << 24 | x >> 40) & MASK
        x = x * 0x9FB21C651E98DF25 & MASK
        x ^= (x >> 35) + n
        x = x * 0x9FB21C651E98DF25 & MASK
        return x ^ (x >> 28)
    if n <= 16:
        low = read(data, 0, 8) ^ read(SECRET, 24, 8) ^ read(SECRET, 32, 8)
        high = read(data, n - 8, 8) ^ read(SECRET, 40, 8) ^ read(SECRET, 48, 8)
        return avalanche((n + swap(low) + high + fold(low, high)) & MASK)
    if n > 128:
        raise ValueError("a string of more than 128 bytes")
    total = n * 0x9E3779B185EBCA87
    for i in range((n - 1) // 32, -1, -1):
        for at, secret in ((16 * i, 32 * i), (n - 16 * (i + 1), 32 * i + 16)):
            total += fold(read(data, at, 8) ^ read(SECRET, secret, 8),
                          read(data, at + 8, 8) ^ read(SECRET, secret + 8, 8))
    return avalanche(total & MASK)


def encode_activity(tick, count):
    """The history of one tick, as aggregations/FORMAT.md has it."""
    payload = bytearray()
    number = 2 * tick
    while number >= 128:
        payload.append(number & 127 | 128)
        number >>= 7
    payload.append(number)
    bits = [1] + [0] * 6 + [int(count > 1)]
    if count > 1:
        value = count - 1
        order = max(value.bit_length() - 1, 0)
        bits += [order >> i & 1 for i in range(6)]
        u = value + (1 << order)
        length = u.bit_length()
        bits += [0] * (length - 1 - order) + [1] + [u >> i & 1 for i in range(length - 1)]
    bits += [0] * (-len(bits) % 8)
    for at in range(0, len(bits), 8):
        payload.append(sum(bit << i for i, bit in enumerate(bits[at:at + 8])))
    blob = bytes.fromhex("b753574201010000") + len(payload).to_bytes(8, "little") + bytes(payload)
    return (blob + xxh3(blob).to_bytes(8, "little")).hex().upper()


def number(text):
    """A metric's value, or None where it is missing, infinite or NaN."""
    if text == "\\N":
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def rows(folder, name):
    with open(f"{folder}/{name}.csv", newline="") as file:
        yield from csv.DictReader(file)


def moscow_day(event_time):
    return (datetime.datetime.fromisoformat(event_time) + MOSCOW).date()


def latest_preclicks(folder):
    """Per key the row that counts: the latest, among equals the larger values."""
    latest = {}
    for row in rows(folder, "preclick"):
        key = tuple(row["resp_bid_id" if name == "bid_id" else name] for name in KEY)
        depth, duration = number(row["page_depth"]), number(row["avg_visit_duration"])
        rank = (row["received_at"], depth or 0, duration or 0)
        if key not in latest or rank > latest[key][0]:
            latest[key] = (rank, depth, duration)
    return latest


class Events:
    """What a group of events adds up to."""

    def __init__(self):
        self.count = 0
        self.values = {metric: [] for metric in METRICS}

    def add(self, values):
        self.count += 1
        for metric in METRICS:
            if values[metric] is not None:
                self.values[metric].append(values[metric])

    def moments(self, metric):
        """n, mean and m2, and the sums, as exact fractions."""
        values = [fractions.Fraction(value) for value in self.values[metric]]
        total, squares = sum(values, fractions.Fraction(0)), sum((v * v for v in values), fractions.Fraction(0))
        n = len(values)
        if n == 0:
            return 0, fractions.Fraction(0), fractions.Fraction(0), total, squares
        return n, total / n, squares - total * total / n, total, squares


ENTITIES = {"user_id": "user_daily", "host": "host_daily", "device_ip": "ip_daily"}


def read_events(folder, days):
    """Groups of the days by mart and key, and all active days of all entities with their events."""
    preclicks = latest_preclicks(folder)
    groups = collections.defaultdict(Events)
    history = {entity: collections.defaultdict(collections.Counter) for entity in ENTITIES}
    for row in rows(folder, "meta"):
        day = moscow_day(row["event_time"])
        for entity in ENTITIES:
            history[entity][row[entity]][day] += 1
        if day not in days:
            continue
        _, depth, duration = preclicks.get(tuple(row[name] for name in KEY), (None, None, None))
        per_page = duration / depth if duration is not None and depth else None
        values = {
            "ctr": number(row["ctr"]),
            "avg_visit_duration": duration,
            "avg_duration_per_page": per_page,
            "time_show_to_view": number(row["time_show_to_view"]),
        }
        for entity, mart in ENTITIES.items():
            groups[mart, row[entity], day].add(values)
        groups["daily", (row["user_id"], row["host"], row["device_ip"]), day].add(values)
    return groups, history


def period_columns(entity, name, day, active):
    """The four period columns of an entity's day."""
    first = last = day
    while first - datetime.timedelta(1) in active:
        first -= datetime.timedelta(1)
    while last + datetime.timedelta(1) in active:
        last += datetime.timedelta(1)
    n_days = (last - first).days + 1
    key = int(name) if entity == "user_id" else xxh3(name.encode())
    tick = (first - EPOCH).days
    return {
        f"{entity}_period_id": str(xxh3(key.to_bytes(8, "little") + tick.to_bytes(8, "little"))),
        f"{entity}_period_length": str(sum(active[first + datetime.timedelta(i)] for i in range(n_days))),
        f"{entity}_is_first_in_period": str(int(day == first)),
        f"{entity}_unique_period_length": str(n_days),
    }


def near(found, expected, scale):
    return abs(fractions.Fraction(found) - expected) <= scale * 1e-13


def metric_differences(row, metric, events):
    """Names the columns of one metric that are wrong. Every bit of mean and m2 counts."""
    n, mean, m2, total, squares = events.moments(metric)
    found = [float(row[f"daily_{metric}.{part}"]) for part in ("mean", "m2")]
    wrong = []
    if row[f"daily_{metric}.n"] != str(n) or row[f"daily_count_{metric}"] != str(n):
        wrong.append(f"daily_count_{metric}: expected {n}")
    if found != [float(mean), float(m2)]:
        wrong.append(f"daily_{metric}: expected ({n},{float(mean)!r},{float(m2)!r}), found {found}")
    for name, expected in (("sum", total), ("sum_sq", squares)):
        if not near(float(row[f"daily_{name}_{metric}"]), expected, abs(expected)):
            wrong.append(f"daily_{name}_{metric}: expected {float(expected)!r}")
    return wrong


def row_differences(mart, row, events, history):
    day = datetime.date.fromisoformat(row["date"])
    expected = {"daily_events": str(events.count)}
    wrong = []
    for entity, own_mart in ENTITIES.items():
        if mart in ("daily", own_mart):
            expected.update(period_columns(entity, row[entity], day, history[entity][row[entity]]))
        if mart == own_mart:
            expected["activity"] = encode_activity((day - EPOCH).days, events.count)
    for metric in METRICS:
        wrong += metric_differences(row, metric, events)
    wrong += [f"{name}: expected {value}, found {row[name]}" for name, value in expected.items() if row[name] != value]
    known = len(expected) + 6 * len(METRICS) + (4 if mart == "daily" else 2)
    if len(row) != known:
        wrong.append(f"expected {known} columns, found {len(row)}")
    return wrong


def check_mart(folder, mart, groups, history):
    """The number of rows that are right, and the differences."""
    keys = [entity for entity, own_mart in ENTITIES.items() if mart in ("daily", own_mart)]
    expected = {key: events for key, events in groups.items() if key[0] == mart}
    differences = []
    n_right = 0
    for row in rows(folder, mart):
        name = tuple(row[key] for key in keys) if mart == "daily" else row[keys[0]]
        events = expected.pop((mart, name, datetime.date.fromisoformat(row["date"])), None)
        wrong = ["no such row expected, or twice"] if events is None else row_differences(mart, row, events, history)
        differences += [f"{name} {row['date']}: {text}" for text in wrong]
        n_right += not wrong
    differences += [f"{key[1]} {key[2]}: missing" for key in expected]
    return n_right, differences


def main(folder, *days):
    groups, history = read_events(folder, {datetime.date.fromisoformat(day) for day in days})
    failed = False
    for mart in ("user_daily", "host_daily", "ip_daily", "daily"):
        n_right, differences = check_mart(folder, mart, groups, history)
        for text in differences[:20]:
            print(text)
        if differences or n_right == 0:
            failed = True
            print(f"not ok {mart} row by row: {len(differences)} differences, {n_right} rows right")
        else:
            print(f"ok {mart} row by row: {n_right} rows")
    return failed


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__.split("\n\n")[1])
    sys.exit(main(*sys.argv[1:]))
