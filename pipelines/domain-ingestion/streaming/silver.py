"""Rows of bronze -> rows of silver: cleaned and judged; one that is not valid is kept and marked."""

from pyspark.sql import DataFrame, SparkSession, functions as F
from pyspark.sql.streaming import DataStreamWriter

from columns import TABLES, clean_domain
from tables import create_table

BYTES_PER_BATCH = "256m"


def silver_rows(bronze: DataFrame) -> DataFrame:
    """A row per row of bronze."""
    judged = (
        bronze.withColumn("clean", clean_domain(F.col("domain")))
        .withColumn("domain", F.coalesce("clean", "domain"))
        .withColumn("silver_timestamp", F.current_timestamp())
        .withColumn("is_valid", F.when(F.col("clean").isNull(), "false").otherwise("true"))
        .withColumn("validation_errors", F.when(F.col("clean").isNull(), "Invalid domain format"))
        .withColumn("bronze_offset", F.col("kafka_offset"))
    )
    return judged.select(*TABLES["silver"].names)


def silver_stream(spark: SparkSession, options) -> DataStreamWriter:
    """Appends to the table at `options.delta_path` what the table at `options.source_path` gains."""
    create_table(spark, "bronze", options.source_path)
    bronze = spark.readStream.format("delta").option("maxBytesPerTrigger", BYTES_PER_BATCH).load(options.source_path)
    return silver_rows(bronze).writeStream.format("delta").outputMode("append").option("path", options.delta_path)
