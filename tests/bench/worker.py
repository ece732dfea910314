"""An engine in a process of its own: DuckDB or Spark over a Parquet file of the events.

    python worker.py duckdb|spark PARQUET

Reads names of queries on standard input, a line each, and answers each with a line: the seconds it
took and the bytes of its peak memory so far. Answers `ready VERSION` first.
"""

import resource
import sys
import time

ROWS = """
SELECT key, ts, is_first, sum(is_first) OVER (PARTITION BY key ORDER BY ts
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS number
FROM (SELECT key, ts, CASE WHEN ts - lag(ts) OVER (PARTITION BY key ORDER BY ts) <= 1800
    THEN 0 ELSE 1 END AS is_first FROM events) AS flagged
"""
PERIODS = f"""
SELECT key, number, min(ts) AS first, max(ts) AS last, count(*) AS length,
    count(DISTINCT ts) AS unique_length
FROM ({ROWS}) AS numbered GROUP BY key, number
"""


def duckdb_engine(parquet):
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute(f"CREATE TABLE events AS SELECT * FROM '{parquet}'")

    # DuckDB has no sink that drops rows: the least that makes it compute every column.
    sinks = {
        "rows": f"SELECT count(*), sum(number), sum(is_first), max(ts), max(key) FROM ({ROWS}) AS a",
        "periods": f"SELECT count(*), max(first), max(last), max(length), max(unique_length),"
        f" max(key) FROM ({PERIODS}) AS a",
    }
    return f"DuckDB {duckdb.__version__}", lambda name: connection.execute(sinks[name]).fetchall()


def spark_engine(parquet):
    import pyspark
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "6g")
        .config("spark.sql.shuffle.partitions", "4")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    session.read.parquet(parquet).cache().createOrReplaceTempView("events")
    session.sql("SELECT count(*) FROM events").collect()
    queries = {"rows": ROWS, "periods": PERIODS}

    def run(name):
        session.sql(queries[name]).write.format("noop").mode("overwrite").save()

    return f"Spark {pyspark.__version__}", run


def main():
    engine, parquet = sys.argv[1:]
    version, run = {"duckdb": duckdb_engine, "spark": spark_engine}[engine](parquet)
    print(f"ready {version}", flush=True)
    for line in sys.stdin:
        began = time.monotonic()
        run(line.strip())
        seconds = time.monotonic() - began
        usage = max(
            resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        print(f"{seconds:.6f}\t{usage * 1024}", flush=True)


if __name__ == "__main__":
    main()
