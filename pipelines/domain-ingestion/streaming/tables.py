"""The Delta tables, by SQL: made when they are missing, with the properties that all layers have."""

from pyspark.sql import SparkSession

from columns import PARTITIONED_BY, TABLES

PROPERTIES = ("enableChangeDataFeed", "autoOptimize.optimizeWrite", "autoOptimize.autoCompact")


def table_name(path: str) -> str:
    """The table at a path, as SQL names it."""
    return f"delta.`{path.replace('`', '``')}`"


def create_table(spark: SparkSession, layer: str, path: str) -> None:
    """Makes the table of a layer at a path, empty, if there is none."""
    names = ", ".join(f"{field.name} {field.dataType.simpleString()}" for field in TABLES[layer])
    partitions = f"partitioned by ({', '.join(PARTITIONED_BY[layer])})" if PARTITIONED_BY[layer] else ""
    properties = ", ".join(f"'delta.{name}' = 'true'" for name in PROPERTIES)
    spark.sql(f"create table if not exists {table_name(path)} ({names}) using delta {partitions} tblproperties ({properties})")


def table_version(spark: SparkSession, path: str) -> int:
    """The number of its newest commit."""
    return spark.sql(f"describe history {table_name(path)} limit 1").first()["version"]


def register(spark: SparkSession, layer: str, path: str) -> None:
    """Names the table `<layer>.domains` in the metastore of the session."""
    spark.sql(f"create database if not exists {layer}")
    spark.sql(f"create table if not exists {layer}.domains using delta location '{path}'")
