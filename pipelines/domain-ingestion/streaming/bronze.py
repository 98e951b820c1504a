"""Events of Kafka -> rows of bronze: each event of a committed publication once, as it arrived."""

from pyspark.sql import DataFrame, SparkSession, functions as F
from pyspark.sql.streaming import DataStreamWriter

from columns import EVENT

EVENTS_PER_BATCH = 500_000
NEEDED = ("domain", "category", "source", "source_format", "raw_entry", "ingestion_timestamp", "metadata")


def read_events(spark: SparkSession, options) -> DataFrame:
    """The topics as a stream. Events of a publication that was given up are not in it."""
    reader = (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", options.bootstrap_servers)
        .option("subscribe", options.topics)
        .option("startingOffsets", options.starting_offsets)
        .option("maxOffsetsPerTrigger", EVENTS_PER_BATCH)
        .option("kafka.isolation.level", "read_committed")
    )
    for setting in options.kafka_option:
        name, _, value = setting.partition("=")
        reader = reader.option(f"kafka.{name}", value)
    return reader.load()


def bronze_rows(events: DataFrame) -> DataFrame:
    """A row per event. One that is no domain record ends the job with its topic, partition and offset: nothing is dropped silently."""
    parsed = events.withColumn("event", F.from_json(F.col("value").cast("string"), EVENT))
    is_record = F.lit(True)
    for name in NEEDED:
        is_record = is_record & F.col(f"event.{name}").isNotNull()
    where = F.concat_ws(" ", F.lit("event"), F.col("offset"), F.lit("of"), F.concat_ws("/", "topic", "partition"))
    fault = F.raise_error(F.concat(where, F.lit(" is no domain record"))).cast("string")
    return parsed.select(
        F.when(is_record, F.col("event.domain")).otherwise(fault).alias("domain"),
        *[F.col(f"event.{name}") for name in NEEDED[1:]],
        F.col("topic").alias("kafka_topic"),
        F.col("partition").cast("long").alias("kafka_partition"),
        F.col("offset").alias("kafka_offset"),
        F.col("timestamp").alias("kafka_timestamp"),
        F.current_timestamp().alias("bronze_timestamp"),
        F.to_date("event.ingestion_timestamp").alias("ingestion_date"),
    )


def bronze_stream(spark: SparkSession, options) -> DataStreamWriter:
    """Appends to the table at `options.delta_path`."""
    rows = bronze_rows(read_events(spark, options))
    return rows.writeStream.format("delta").outputMode("append").option("path", options.delta_path)
