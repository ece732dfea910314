#!/usr/bin/env python3
"""The Spark job that the ad mart replaces, complete and small, so that the two can be compared.

usage: old_job.py --meta PARQUET --preclick PARQUET --output FOLDER [--dry-run] DATE...

Per date: the latest preclick of each key, LEFT JOIN to the bids, a check of the number of rows,
salted aggregation per user and per host, plain aggregation per ip, a folder per mart partitioned by
date, and a line in FOLDER/manifest.csv under a lock.
"""
import argparse
import contextlib
import csv
import datetime
import fcntl
import math
import os
import time

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

KEY = ["event_date", "event_time", "bid_id", "ssp_id", "dsp_id", "user_id", "imp_id", "imp_id_source"]
METRICS = ["ctr", "avg_visit_duration", "avg_duration_per_page", "time_show_to_view"]
CHUNK_ROWS = 1_000_000
MARGIN = 1.5


def read_day(frame, date):
    """The rows of one day in Moscow, the session's time zone."""
    return frame.where(F.to_date("event_time") == F.lit(date))


def latest_preclicks(preclick):
    order = Window.partitionBy(KEY).orderBy(
        F.desc("received_at"), F.coalesce("page_depth", F.lit(0)).desc(), F.coalesce("avg_visit_duration", F.lit(0.0)).desc())
    ranked = preclick.withColumnRenamed("resp_bid_id", "bid_id").withColumn("rank", F.row_number().over(order))
    return ranked.where("rank = 1").select(*KEY, "page_depth", "avg_visit_duration")


def finite(column):
    """The value, or NULL where it is NULL, infinite or NaN."""
    infinity = F.lit(float("inf"))
    return F.when(~F.isnan(column) & (F.abs(column) != infinity), column)


def enrich(meta, preclick):
    joined = meta.join(latest_preclicks(preclick), KEY, "left")
    n_meta, n_joined = meta.count(), joined.count()
    if n_meta != n_joined:
        raise RuntimeError(f"the join changed the number of rows: {n_meta} before, {n_joined} after")
    per_page = F.when(F.col("page_depth") != 0, F.col("avg_visit_duration") / F.col("page_depth"))
    joined = joined.withColumn("avg_duration_per_page", per_page)
    for metric in METRICS:
        joined = joined.withColumn(metric, finite(F.col(metric)))
    return joined, n_meta


def salt_count(events, entity):
    largest = events.groupBy(entity).count().agg(F.max("count")).first()[0]
    return 1 if largest < CHUNK_ROWS else max(2, math.ceil(largest / CHUNK_ROWS * MARGIN))


def first_level():
    yield F.count(F.lit(1)).alias("daily_events")
    for metric in METRICS:
        yield F.coalesce(F.sum(metric), F.lit(0.0)).alias(f"daily_sum_{metric}")
        yield F.count(metric).alias(f"daily_count_{metric}")
        yield F.coalesce(F.sum(F.col(metric) * F.col(metric)), F.lit(0.0)).alias(f"daily_sum_sq_{metric}")


def second_level(columns):
    return [F.sum(name).alias(name) for name in columns if name.startswith("daily_")]


def aggregate_salted(events, entity, n_salts):
    salted = events.withColumn("salt", F.pmod(F.xxhash64("bid_id"), F.lit(n_salts)))
    parts = salted.groupBy(entity, "salt").agg(*first_level())
    return parts.groupBy(entity).agg(*second_level(parts.columns))


def aggregate_plain(events, entity):
    return events.groupBy(entity).agg(*first_level())


def run_date(spark, options, date):
    meta = read_day(spark.read.parquet(options.meta), date)
    preclick = read_day(spark.read.parquet(options.preclick), date)
    events, n_rows = enrich(meta, preclick)
    if n_rows == 0:
        raise RuntimeError(f"no rows on {date}")
    events = events.cache()
    salts = {entity: salt_count(events, entity) for entity in ("user_id", "host")}
    print(f"{date}: {n_rows} rows, salts {salts}")
    if options.dry_run:
        return
    marts = {
        "user_daily": aggregate_salted(events, "user_id", salts["user_id"]),
        "host_daily": aggregate_salted(events, "host", salts["host"]),
        "ip_daily": aggregate_plain(events, "device_ip"),
    }
    for name, mart in marts.items():
        mart.withColumn("date", F.lit(date)).write.mode("overwrite").partitionBy("date").parquet(f"{options.output}/{name}")
    events.unpersist()


@contextlib.contextmanager
def locked(path):
    with open(path, "a", newline="") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def write_manifest(output, line):
    path = f"{output}/manifest.csv"
    with locked(path) as file:
        if os.path.getsize(path) == 0:
            csv.writer(file).writerow(["date", "status", "duration_sec", "error", "processed_at", "output"])
        csv.writer(file).writerow(line)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--meta", required=True)
    parser.add_argument("--preclick", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("dates", nargs="+", type=datetime.date.fromisoformat)
    options = parser.parse_args()
    spark = (SparkSession.builder.appName("ad_mart").master(os.environ.get("SPARK_MASTER", "local[*]"))
             .config("spark.sql.session.timeZone", "Europe/Moscow")
             .config("spark.sql.shuffle.partitions", "8")
             .config("spark.sql.sources.partitionOverwriteMode", "dynamic")
             .config("spark.driver.memory", os.environ.get("SPARK_MEMORY", "4g"))
             .config("spark.ui.enabled", "false").getOrCreate())
    spark.sparkContext.setLogLevel("ERROR")
    os.makedirs(options.output, exist_ok=True)
    failed = False
    for date in options.dates:
        began, error = time.time(), ""
        try:
            run_date(spark, options, date)
        except Exception as exception:  # the manifest takes whatever went wrong
            error, failed = str(exception).splitlines()[0], True
            print(f"{date}: {error}")
        if not options.dry_run:
            write_manifest(options.output, [date, "failed" if error else "success", round(time.time() - began, 3), error,
                                            datetime.datetime.now().isoformat(timespec="seconds"), options.output])
    spark.stop()
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
