#!/usr/bin/env python3
"""Recomputes a mart from the lines that parsers sent, row by row.

usage: recompute.py KIND LINES SITES FORMATS DOMAINS GOLD

KIND is programmatic, search or marketplace. LINES has its lines. SITES (host, visits per day) and FORMATS (format, weight) are PostgreSQL's tables, DOMAINS (host,
registered domain) what the list of public suffixes says of each host that is advertised; GOLD has the mart, all of them tab-separated.
Every value of GOLD must be what LINES give; the order of additions is the same, so are the bits, except for the last two
of a power. Prints what differs and `ok` or `not ok` per column; exit status 1 when anything differs. Nothing of ClickHouse and of
the plugin set is used.
"""
import collections
import csv
import datetime
import json
import math
import re
import sys
import urllib.parse

BANNERS = ("raw_id", "host", "domain", "utm_source", "utm_campaign", "visit_number", "is_first_in_visit", "flight_number", "is_first_in_flight",
           "creative_cluster", "repeats_in_visit", "kvisits", "kdepth", "ksquare", "koffset", "kformat", "kutm", "ots", "ots_visible",
           "ots_weighted", "ots_unique")
RESULTS = ("raw_id", "host", "query", "position", "is_ad", "domain", "visit_number", "is_first_in_visit", "kvisits", "kposition", "ots")
SHELVES = ("raw_id", "host", "shelf", "position", "sku", "price", "discount", "domain", "visit_number", "is_first_in_visit", "kvisits", "krow", "ots")
VISIT_GAP_S = 1800
FLIGHT_GAP_S = 7 * 86400


def host_of(url):
    found = re.match(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//([^/?#:]*)", url)
    host = found.group(1).lower() if found else ""
    # A host that ends with a dot is none to ClickHouse's domain().
    return "" if host.endswith(".") else host[4:] if host.startswith("www.") else host


def parameter(url, name):
    """The text of the first such parameter, as it stands in the address."""
    query = url.split("?", 1)[1] if "?" in url else ""
    for pair in re.split("[&;]", query.split("#", 1)[0]) if query else []:
        key, _, value = pair.partition("=")
        if key == name:
            return value
    return ""


def follow(url):
    inner = urllib.parse.unquote(parameter(url, "adurl"))
    return inner if inner.startswith("http") else url


def clamped(value, low, high):
    return max(low, min(high, value))


def side(text):
    return int(clamped(float(text) if text.isdigit() else 1, 1, 4000))


def parse(line):
    """What every kind has; rows at the same time of one key are in the order of their ids, of which ClickHouse compares the second half first."""
    raw = json.loads(line)
    context, payload = raw["context"], raw["payload"]
    row = {"raw_id": raw["raw_id"], "order": raw["raw_id"][19:] + raw["raw_id"][:19], "context": context, "payload": payload}
    row["t"] = int(datetime.datetime.strptime(raw["detected_at"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=datetime.timezone.utc).timestamp())
    row["user"] = context.get("user") or payload.get("userIds", {}).get("xchg") or ("nobody", raw["raw_id"])
    row["host"] = host_of(payload.get("url", ""))
    row["day"] = (row["host"], row["t"] // 86400)
    return row


def parse_banner(row, domains):
    """The columns of silver that the mart of banners needs."""
    context, payload = row["context"], row["payload"]
    creative = payload.get("creative", {})
    target = follow(follow(follow(creative.get("click_url", payload.get("url", "")))))
    row["domain"] = domains[host_of(target)]
    row["utm"] = tuple(urllib.parse.unquote_plus(parameter(target, name)) for name in ("utm_source", "utm_medium", "utm_campaign"))
    row["image"] = int(creative.get("image_hash") or "0", 16)
    row["format"] = payload["spots"][0]["formats"][0]
    row["size"] = [side(text) for text in row["format"].split("x")]
    row["top_px"] = clamped(context.get("top_px", 0), 0, 30000)
    row["page_depth"] = clamped(context.get("page_depth", 1), 1, 50)


def number_periods(rows, key, gap, name):
    """NAME_number and NAME_first of every row: a new period after more than `gap` seconds."""
    rows.sort(key=lambda row: (str(row[key]), row["t"], row["order"]))
    last = None
    for row in rows:
        if last is None or last[key] != row[key]:
            number, first = 1, 1
        else:
            first = int(row["t"] - last["t"] > gap)
            number = last[name + "_number"] + first
        row[name + "_number"], row[name + "_first"] = number, first
        last = row


def clusters_of(rows):
    seen = collections.Counter(row["image"] for row in rows if row["image"])
    bands = collections.defaultdict(set)
    for image in seen:
        for quarter in range(4):
            bands[quarter, image >> 16 * quarter & 65535].add(image)
    result = {}
    for image in seen:
        near = {other for quarter in range(4) for other in bands[quarter, image >> 16 * quarter & 65535] if (image ^ other).bit_count() <= 3}
        result[image] = min(near, key=lambda other: (-seen[other], other))
    return result


def number_visits(rows, sites):
    """Visits, and how many of the site's audience each stands for."""
    number_periods(rows, "user", VISIT_GAP_S, "visit")
    panel = collections.defaultdict(set)
    for row in rows:
        row["visit"] = (row["user"], row["visit_number"])
        panel[row["day"]].add(row["visit"])
    for row in rows:
        visits = sites.get(row["host"], 0)
        row["kvisits"] = visits / len(panel[row["day"]]) if visits else 1.0


def recompute_results(rows, sites, formats, domains):
    number_visits(rows, sites)
    for row in rows:
        payload = row["payload"]
        kposition = payload["position"] ** -0.8
        yield (row["raw_id"], row["host"], payload["query"], payload["position"], str(payload["is_ad"]).lower(), domains[host_of(payload["target_url"])],
               row["visit_number"], row["visit_first"], row["kvisits"], kposition, row["kvisits"] * kposition)


def recompute_shelves(rows, sites, formats, domains):
    number_visits(rows, sites)
    for row in rows:
        payload = row["payload"]
        krow = 0.8 ** ((payload["position"] - 1) // 5)
        discount = 1 - payload["price"] / float(payload["old_price"]) if "old_price" in payload else 0.0
        yield (row["raw_id"], row["host"], payload["shelf"], payload["position"], payload["sku"], float(payload["price"]), discount,
               domains[host_of(payload["seller"]["url"])], row["visit_number"], row["visit_first"], row["kvisits"], krow, row["kvisits"] * krow)


def recompute_banners(rows, sites, formats, domains):
    number_visits(rows, sites)
    for row in rows:
        parse_banner(row, domains)
        row["placement"] = (row["host"], row["domain"], row["image"])
        moment = datetime.datetime.fromtimestamp(row["t"], datetime.timezone.utc)
        row["domain_key"] = (moment.year, moment.month, row["host"], row["domain"])
        row["group_key"] = row["domain_key"] + (row["utm"],)
    number_periods(rows, "placement", FLIGHT_GAP_S, "flight")
    clusters = clusters_of(rows)
    for row in rows:
        row["cluster"] = clusters.get(row["image"], 0)
    repeats = collections.Counter((row["visit"], row["host"], row["cluster"]) for row in rows if row["cluster"])
    per_group = collections.Counter(row["group_key"] for row in rows)
    per_domain = collections.Counter(row["domain_key"] for row in rows)
    for row in rows:
        kvisits = row["kvisits"]
        share = per_group[row["group_key"]] / per_domain[row["domain_key"]]
        kutm = 1.0 if share < 0.1 else (0.1 / share) ** 2
        kdepth = 0.85 ** (row["page_depth"] - 1)
        width, height = row["size"]
        ksquare = min(1.0, math.sqrt(width * height / 75000))
        koffset = min(1.0, 900 / max(1, row["top_px"] + height / 2))
        kformat = formats.get(row["format"], 1.0)
        n_repeats = max(1, repeats[row["visit"], row["host"], row["cluster"]])
        ots = kvisits * kdepth * kutm
        yield (row["raw_id"], row["host"], row["domain"], row["utm"][0], row["utm"][2], row["visit_number"], row["visit_first"], row["flight_number"],
               row["flight_first"], row["cluster"], n_repeats, kvisits, kdepth, ksquare, koffset, kformat, kutm, ots, ots * koffset,
               ots * koffset * ksquare * kformat, ots / n_repeats)


KINDS = {"programmatic": (BANNERS, recompute_banners), "search": (RESULTS, recompute_results), "marketplace": (SHELVES, recompute_shelves)}


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def same(expected, found):
    if isinstance(expected, float):
        return math.isclose(expected, float(found), rel_tol=1e-14)
    return str(expected) == found


def main():
    kind, lines, sites, formats, domains, gold = sys.argv[1:]
    columns, recompute = KINDS[kind]
    domains = dict(table(domains))
    sites = {host: int(visits) for host, visits in table(sites)}
    formats = {name: float(weight) for name, weight in table(formats)}
    found = {row[0]: row for row in table(gold)}
    with open(lines, encoding="utf-8") as file:
        rows = [parse(line) for line in file]
    wrong = collections.Counter()
    n_rows = 0
    for expected in recompute(rows, sites, formats, domains):
        n_rows += 1
        actual = found.pop(expected[0], None)
        if actual is None:
            wrong["raw_id"] += 1
            continue
        for name, one, other in zip(columns, expected, actual):
            if not same(one, other):
                wrong[name] += 1
                if wrong[name] <= 3:
                    print(f"{name} of {expected[0]}: expected {one!r}, found {other!r}")
    wrong["raw_id"] += len(found)
    for name in columns:
        print(f"not ok {kind} {name}: {wrong[name]} of {n_rows} rows differ" if wrong[name] or not n_rows else f"ok {kind} {name} of {n_rows} rows")
    return 1 if any(wrong.values()) or not n_rows else 0


if __name__ == "__main__":
    sys.exit(main())
