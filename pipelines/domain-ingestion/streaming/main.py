"""Carries domains through one layer: Kafka -> bronze, bronze -> silver, or silver -> gold, as Delta tables.

    spark-submit streaming/main.py --stream-type bronze --bootstrap-servers kafka:9092
    spark-submit streaming/main.py --stream-type gold --trigger-interval available-now

Ends by itself with `available-now` when its input is used up; else SIGTERM or SIGINT ends it. What it did is committed together
with how far it came, so that it goes on from there, whatever ended it. Exit codes: 0 done or stopped, 1 failed.
"""

import argparse
import json
import os
import signal
import sys
import threading

from pyspark.sql import SparkSession

from bronze import bronze_stream
from gold import gold_stream
from progress import Progress
from silver import silver_stream
from tables import create_table, register, table_version

STREAMS = {"bronze": bronze_stream, "silver": silver_stream, "gold": gold_stream}
TRIGGERS = {"bronze": "5 seconds", "silver": "10 seconds", "gold": "30 seconds"}
SOURCES = {"silver": "bronze", "gold": "silver"}
AVAILABLE_NOW = "available-now"
LOOK_SECONDS = 0.2


def table_path(layer: str) -> str:
    """Where the table of a layer is when nothing says otherwise."""
    return os.environ.get(f"DELTA_{layer.upper()}_PATH") or f"/data/delta/{layer}/domains"


def parse(args: list[str]) -> argparse.Namespace:
    """Reads the command line; what it leaves out depends on the layer."""
    parser = argparse.ArgumentParser(description="Carries domains through one layer of Delta tables.")
    parser.add_argument("--stream-type", required=True, choices=list(STREAMS))
    parser.add_argument("--master", help="default: that of spark-submit, else local[*]")
    parser.add_argument("--app-name", help="default: domain-ingestion-<stream type>")
    parser.add_argument("--bootstrap-servers", default=os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or "kafka:9092")
    parser.add_argument("--topics", default="malware_domains,ads_trackers_domains")
    parser.add_argument("--kafka-option", action="append", default=[], metavar="NAME=VALUE", help="setting of the Kafka client")
    parser.add_argument("--starting-offsets", default="latest", help="of the first run: earliest, latest or JSON")
    parser.add_argument("--source-path", help="table to read (silver, gold); default: $DELTA_<LAYER>_PATH")
    parser.add_argument("--delta-path", help="table to write; default: $DELTA_<LAYER>_PATH, else /data/delta/<layer>/domains")
    parser.add_argument("--checkpoint-path", help="default: /data/checkpoints/<layer>")
    parser.add_argument("--trigger-interval", help=f"such as '5 seconds', or {AVAILABLE_NOW}; default: 5, 10, 30 seconds")
    parser.add_argument("--monitor-interval", type=float, default=30, help="seconds between two reports of a stream at rest")
    parser.add_argument("--progress-file", help="file that always holds the newest report")
    parser.add_argument("--register", action="store_true", help="name the table <layer>.domains in the metastore")
    options = parser.parse_args(args)
    # Logins do not belong on a command line, which anybody can see.
    secrets = json.loads(os.environ.get("KAFKA_CLIENT_OPTIONS") or "{}")
    options.kafka_option += [f"{name}={value}" for name, value in secrets.items()]
    layer = options.stream_type
    options.app_name = options.app_name or f"domain-ingestion-{layer}"
    options.source_path = options.source_path or (table_path(SOURCES[layer]) if layer in SOURCES else None)
    options.delta_path = options.delta_path or table_path(layer)
    options.checkpoint_path = options.checkpoint_path or f"/data/checkpoints/{layer}"
    options.trigger_interval = options.trigger_interval or TRIGGERS[layer]
    return options


def open_session(options) -> SparkSession:
    """A session with Delta; times are UTC in all tables."""
    builder = SparkSession.builder.appName(options.app_name)
    if options.master:
        builder = builder.master(options.master)
    session = (
        builder.config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.streaming.metricsEnabled", "true")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("WARN")
    return session


def follow(query, progress: Progress, stopping: threading.Event, monitor_seconds: float) -> None:
    """Waits for the end of a query, or ends it when it is asked to; tells of each batch, and at rest now and then."""
    looks = 0
    while query.isActive and not stopping.wait(LOOK_SECONDS):
        progress.take(query)
        looks += 1
        if looks * LOOK_SECONDS >= monitor_seconds:
            looks = 0
            progress.tell("status", **query.status)
    if stopping.is_set() and query.isActive:
        query.stop()
    progress.take(query)
    if query.exception() is not None:
        raise query.exception()


def run(options, stopping: threading.Event) -> None:
    """Runs the stream of a layer to its end."""
    layer = options.stream_type
    progress = Progress(layer, options.progress_file)
    spark = open_session(options)
    try:
        create_table(spark, layer, options.delta_path)
        if options.register:
            register(spark, layer, options.delta_path)
        writer = STREAMS[layer](spark, options).queryName(f"{layer}_domains")
        writer = writer.option("checkpointLocation", options.checkpoint_path)
        is_finite = options.trigger_interval == AVAILABLE_NOW
        writer = writer.trigger(availableNow=True) if is_finite else writer.trigger(processingTime=options.trigger_interval)
        progress.tell("started", delta_path=options.delta_path, checkpoint_path=options.checkpoint_path)
        query = writer.start()
        follow(query, progress, stopping, options.monitor_interval)
        version = table_version(spark, options.delta_path)
        outcome = "committed" if progress.rows > 0 else "unchanged"
        progress.tell("stopped" if stopping.is_set() else "finished", outcome=outcome, rows=progress.rows, version=version)
    finally:
        spark.stop()


def main(args: list[str]) -> int:
    """The exit code."""
    options = parse(args)
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    try:
        run(options, stopping)
        return 0
    except Exception as error:  # noqa: BLE001: whatever it is, it is told as the last line, for who runs this.
        # Asked to end, the JVM may be gone before Python is: what was committed stays, and that is all that is promised.
        if stopping.is_set():
            return 0
        reason = str(error).split("\n\n")[0].strip()
        Progress(options.stream_type, options.progress_file).tell("failed", error=type(error).__name__, reason=reason)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
