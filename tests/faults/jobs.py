"""What the clients of soak.py ask: every function and every table function, each with a query in plain SQL that
has the same answer."""

SETUP = """
CREATE TABLE events (k UInt64, ts Int64, v Float64, page String) ENGINE = MergeTree ORDER BY (k, ts)
AS SELECT intDiv(number, 100) AS k, number % 100 * 10 + sipHash64(number) % 10 AS ts, k % 7 + 2 * (number % 2) AS v,
    toString(number % 13) AS page FROM numbers(60000);
CREATE TABLE arrays (k UInt64, times Array(Int64), values Array(Float64)) ENGINE = MergeTree ORDER BY k
AS SELECT k, groupArray(ts), groupArray(v) FROM (SELECT * FROM events ORDER BY k, ts) GROUP BY k;
CREATE TABLE numbered ENGINE = MergeTree ORDER BY (k, ts)
AS SELECT k, ts, page, v, is_first, sum(is_first) OVER (PARTITION BY k ORDER BY ts) AS number FROM
    (SELECT k, ts, page, v, toUInt8(row_number() OVER w = 1 OR ts - lagInFrame(ts) OVER w > 12) AS is_first
     FROM events WINDOW w AS (PARTITION BY k ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW));
CREATE TABLE reference ENGINE = MergeTree ORDER BY (k, ts)
AS SELECT k, ts, page, is_first, toUInt32(number) AS number, first, last, length,
    xxh3(concat(reinterpretAsFixedString(k), reinterpretAsFixedString(first))) AS id, total FROM numbered
INNER JOIN (SELECT k, number, min(ts) AS first, max(ts) AS last, count() AS length, sum(v) AS total FROM numbered
    GROUP BY k, number) AS p USING (k, number);
CREATE TABLE mart (k UInt64, id UInt64, length UInt64) ENGINE = MergeTree ORDER BY k
AS SELECT DISTINCT k, id, length FROM reference;
CREATE TABLE mart_new AS mart;
"""

# What a dashboard reads, and what a pipeline puts there, in steps that are all or nothing.
MART = "SELECT count(), sum(cityHash64(k, id, length)) FROM mart"

# ClickHouse does not notice that the input query of a stream has failed or was killed before its first row: that
# takes the time-out, ten minutes in the documents. And without check_exit_code, a process that is killed before its
# first row looks like an empty answer (docs/streams.md).
SETTINGS = ("SETTINGS stderr_reaction = 'throw', check_exit_code = 1, command_read_timeout = 20000, "
            "command_write_timeout = 60000")
PERIODS = ("k UInt64, period_id UInt64, period_number UInt32, period_first Int64, period_last Int64, "
           "period_length UInt64, unique_period_length UInt64")


def stream(command, structure, query):
    return f"executable('{command}', Native, '{structure}', ({query}), {SETTINGS})"


def period_stream(options, columns):
    return stream(f"period_stream --keys 1 --time ts --gap 12 {options}".rstrip(), columns,
                  "SELECT k, ts, v, page FROM events ORDER BY k, ts")


ROWS = "k UInt64, ts Int64, v Float64, page String, period_id UInt64, period_number UInt32, is_first_in_period UInt8"
MART_STEPS = [
    "TRUNCATE TABLE mart_new",
    "INSERT INTO mart_new SELECT k, period_id, period_length FROM "
    + period_stream("--emit periods", PERIODS),
    # ClickHouse takes an INSERT for done whose files a full disk has cut: look before anybody else does.
    "SELECT throwIf(count() != 17204 OR sum(cityHash64(k, id, length)) != 11451556579885133771, 'a broken mart') FROM mart_new",
    "EXCHANGE TABLES mart AND mart_new",
]


def per_event(function, arguments, column):
    return (f"SELECT sum(cityHash64(k, t, x)) FROM (SELECT k, times, {function}({arguments}12, 0) AS xs FROM arrays) "
            "ARRAY JOIN times AS t, xs AS x", f"SELECT sum(cityHash64(k, ts, {column})) FROM reference")


def per_period(expression):
    return (f"SELECT sum(cityHash64(k, p.id, p.number, p.first_tick, p.last_tick, p.length, p.unique_length)) "
            f"FROM (SELECT k, {expression} AS list FROM arrays) ARRAY JOIN list AS p",
            "SELECT sum(cityHash64(k, id, number, first, last, length, length)) "
            "FROM (SELECT DISTINCT k, id, number, first, last, length FROM reference)")


def moments(expression):
    return (f"SELECT sum(s.n), sum(round(s.mean, 6)), sum(round(s.m2, 6)) FROM (SELECT {expression} AS s FROM arrays)",
            "SELECT sum(n), sum(round(mean, 6)), sum(round(m2, 6)) FROM "
            "(SELECT count() AS n, avg(v) AS mean, varPopStable(v) * n AS m2 FROM events GROUP BY k)")


HALVES = "[{0}(arraySlice({1}, 1, 50)), {0}(arraySlice({1}, 51))]"
EVENT_HASH = "SELECT sum(cityHash64(k, ts, page, period_id, period_number, is_first_in_period)) FROM "
PERIOD_HASH = "SELECT sum(cityHash64(k, period_id, period_number, period_first, period_last, period_length{})) FROM "
EVENT_REFERENCE = "SELECT sum(cityHash64(k, ts, page, id, number, is_first)) FROM reference"
PARTIALS = ("SELECT k, count() AS c, max(ts) AS m, welfordState(groupArray(v)) AS w FROM events "
            "GROUP BY k, intDiv(ts, 200) ORDER BY k")

# name: (what is asked, the same in plain SQL)
JOBS = {
    "periodNumbers": per_event("periodNumbers", "times, ", "number"),
    "periodIds": per_event("periodIds", "k, times, ", "id"),
    "firstInPeriod": per_event("firstInPeriod", "times, ", "is_first"),
    "periodLengths": per_event("periodLengths", "times, ", "toUInt32(length)"),
    "uniquePeriodLengths": per_event("uniquePeriodLengths", "times, ", "toUInt32(length)"),
    "periods": per_period("periods(k, times, 12, 0)"),
    "periodRows": ("SELECT sum(cityHash64(k, t, r.id, r.number, r.is_first, r.length)) FROM "
                   "(SELECT k, times, periodRows(k, times, 12, 0) AS rs FROM arrays) ARRAY JOIN times AS t, rs AS r",
                   "SELECT sum(cityHash64(k, ts, id, number, is_first, toUInt32(length))) FROM reference"),
    "activityState, activityPeriods": per_period("activityPeriods(k, activityState(times), 12, 0)"),
    "activityMerge, activityEvents":
        ("SELECT sum(cityHash64(k, e.tick, e.count)) FROM (SELECT k, activityEvents(activityMerge("
         + HALVES.format("activityState", "times") + ")) AS es FROM arrays) ARRAY JOIN es AS e",
         "SELECT sum(cityHash64(k, ts, 1::UInt64)) FROM events"),
    "welfordState": moments("welfordState(values)"),
    "welfordMerge": moments("welfordMerge(" + HALVES.format("welfordState", "values") + ")"),
    "welfordFromAggregate": moments("welfordFromAggregate(arrayReduce('varSampStableState', values))"),
    "welfordToAggregate":
        ("SELECT round(sum(finalizeAggregation(welfordToAggregate(welfordState(values)))), 3) FROM arrays",
         "SELECT round(sum(x), 3) FROM (SELECT varSampStable(v) AS x FROM events GROUP BY k)"),
    "exactState, exactMoments": moments("exactMoments(exactState(values))"),
    "exactMerge": moments("exactMoments(exactMerge(" + HALVES.format("exactState", "values") + "))"),
    "period_stream": (EVENT_HASH + period_stream("", ROWS), EVENT_REFERENCE),
    "period_stream --heartbeat --keys-unordered":
        (EVENT_HASH + period_stream("--heartbeat --keys-unordered", ROWS), EVENT_REFERENCE),
    "period_stream --lengths":
        ("SELECT sum(cityHash64(k, ts, period_id, period_length, period_first, period_last)) FROM " + period_stream(
            "--lengths", ROWS + ", period_length UInt64, unique_period_length UInt64, period_first Int64, period_last Int64"),
         "SELECT sum(cityHash64(k, ts, id, length, first, last)) FROM reference"),
    "period_stream --emit periods":
        (PERIOD_HASH.format(", v_sum, v_moments.n") + period_stream(
            "--emit periods --sum v --moments v",
            PERIODS + ", v_sum Float64, v_moments Tuple(n UInt64, mean Float64, m2 Float64)"),
         "SELECT sum(cityHash64(k, id, number, first, last, length, total, length)) "
         "FROM (SELECT DISTINCT k, id, number, first, last, length, total FROM reference)"),
    "merge_partials":
        ("SELECT sum(cityHash64(k, c, m, w.n)) FROM " + stream(
            "merge_partials --keys 1 --op m=max",
            "k UInt64, c UInt64, m Int64, w Tuple(n UInt64, mean Float64, m2 Float64)", PARTIALS),
         "SELECT sum(cityHash64(k, c, m, c)) FROM (SELECT k, count() AS c, max(ts) AS m FROM events GROUP BY k)"),
    "saltwell_sql":
        ("SELECT countSubstrings(statement, 'period_stream --keys 1 --time ts --gap 12'), length(statement) > 300 FROM " + stream(
            "saltwell_sql period_stream --table events --keys k --time ts --gap 12 --shards 3", "statement String",
            "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = 'events'"),
         "SELECT 3, 1"),
    "a mart that is replaced":
        (MART, "SELECT count(), sum(cityHash64(k, id, length)) FROM (SELECT DISTINCT k, id, length FROM reference)"),
}
# Each must fail, with these words.
CEILINGS = {
    "out of memory": "SELECT count() FROM " + stream(
        "period_stream --keys 1 --time ts --gap 1000000 --lengths --max-memory 48M",
        "k UInt64, ts UInt64, s String, period_id UInt64, period_number UInt32, is_first_in_period UInt8, "
        "period_length UInt64, unique_period_length UInt64, period_first UInt64, period_last UInt64",
        "SELECT 1::UInt64 AS k, number AS ts, repeat('x', 10000) AS s FROM numbers(10000)"),
    "MEMORY_LIMIT_EXCEEDED": "SELECT sum(length(periodNumbers(range(number % 100000)::Array(Int64), 12, 0))) FROM numbers(1000) "
                             "SETTINGS max_memory_usage = 3000000",
}
