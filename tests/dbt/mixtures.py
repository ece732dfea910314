"""How often a reader meets old and new partitions in one answer while dbt replaces them all: python mixtures.py BUILD FOLDER [RUNS]"""

import os
import sys

from package import Readers, Run, Shop, set_up_project

MODELS = {
    "partition_refresh": "materialized='partition_refresh'",
    "insert_overwrite": "materialized='incremental', incremental_strategy='insert_overwrite'",
}
QUERY = """SELECT DISTINCT toDate(ts) AS day, (SELECT max(run) FROM shop.runs) AS run FROM {{ source('shop', 'events') }}"""
N_RUNS = int(sys.argv[3]) if len(sys.argv) > 3 else 5


def main():
    shop = Shop()
    os.environ["HTTP_PORT"], os.environ["TCP_PORT"] = str(shop.server.http), str(shop.server.tcp)
    try:
        set_up_project()
        for name, config in MODELS.items():
            with open("models/stamped.sql", "w", encoding="utf-8") as file:
                file.write(f"{{{{ config({config}, partition_by='day', order_by='day') }}}}\n{QUERY}")
            shop.ask("DROP TABLE IF EXISTS mart_http.stamped")
            shop.ask("TRUNCATE TABLE shop.runs")
            shop.begins_run(1)
            Run("run", "--select", "stamped")
            readers = Readers(shop)
            readers.start()
            for number in range(N_RUNS):
                shop.begins_run(number + 2)
                Run("run", "--select", "stamped").check_done(f"{name}, run {number + 1}")
            readers.end()
            mixed = [answer for answer in readers.answers if "," in answer]
            n_days = shop.ask("SELECT count() FROM mart_http.stamped")
            print(f"{name}: {len(mixed)} of {len(readers.answers)} answers had old and new days of {n_days}")
    finally:
        shop.server.end()


main()
