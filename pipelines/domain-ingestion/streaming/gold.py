"""Valid rows of silver -> one row of gold per domain. A batch that is merged twice changes nothing but `last_updated`."""

from pyspark.sql import DataFrame, SparkSession, functions as F
from pyspark.sql.streaming import DataStreamWriter

from tables import create_table, table_name

BYTES_PER_BATCH = "256m"
BATCHES_PER_MAINTENANCE = 100
VACUUM_HOURS = 168
SOURCES = "from_json(t.source_list, 'array<string>')"
ALL_SOURCES = f"array_sort(array_union({SOURCES}, s.sources))"
LAST_SEEN = "greatest(t.last_seen, s.last_seen)"
ACTIVE = "case when {} >= current_timestamp() - interval 7 days then 'true' else 'false' end"


def sightings(silver: DataFrame) -> DataFrame:
    """What a batch tells of each of its domains."""
    newest = F.max(F.struct("ingestion_timestamp", "bronze_offset", F.to_json("metadata").alias("metadata")))
    return (
        silver.where("is_valid = 'true'")
        .groupBy("domain")
        .agg(
            F.when(F.max((F.col("category") == "malware").cast("int")) == 1, "malware")
            .otherwise(F.max("category"))
            .alias("category"),
            F.array_sort(F.collect_set("source")).alias("sources"),
            F.min("ingestion_timestamp").alias("first_seen"),
            F.max("ingestion_timestamp").alias("last_seen"),
            F.from_json(newest["metadata"], "map<string,string>").alias("metadata"),
        )
    )


def merge(spark: SparkSession, path: str, batch: DataFrame) -> None:
    """Folds the sightings of a batch into the table: malware wins, sources add up, the newest metadata stays."""
    sightings(batch).createOrReplaceTempView("sightings")
    spark.sql(
        f"""
        merge into {table_name(path)} t using sightings s on t.domain = s.domain
        when matched then update set
            category = case when t.category = 'malware' then t.category else s.category end,
            source_list = to_json({ALL_SOURCES}),
            source_count = size({ALL_SOURCES}),
            first_seen = least(t.first_seen, s.first_seen),
            last_seen = {LAST_SEEN},
            last_updated = current_timestamp(),
            is_active = {ACTIVE.format(LAST_SEEN)},
            metadata = case when s.last_seen >= t.last_seen then s.metadata else t.metadata end
        when not matched then insert
            (domain, category, source_list, source_count, first_seen, last_seen, last_updated, is_active, metadata, domain_hash)
            values (s.domain, s.category, to_json(s.sources), size(s.sources), s.first_seen, s.last_seen,
                    current_timestamp(), {ACTIVE.format("s.last_seen")}, s.metadata, sha2(s.domain, 256))
        """
    )


def retire(spark: SparkSession, path: str) -> None:
    """Marks the domains that nothing has seen for seven days."""
    spark.sql(
        f"""
        update {table_name(path)} set is_active = 'false', last_updated = current_timestamp()
        where is_active = 'true' and last_seen < current_timestamp() - interval 7 days
        """
    )


def maintain(spark: SparkSession, path: str) -> None:
    """Puts the rows of a domain's neighbours into the same files, and removes files that no version of a week needs."""
    spark.sql(f"optimize {table_name(path)} zorder by (domain)")
    spark.sql(f"vacuum {table_name(path)} retain {VACUUM_HOURS} hours")


def gold_stream(spark: SparkSession, options) -> DataStreamWriter:
    """Merges into the table at `options.delta_path` what the table at `options.source_path` gains."""
    create_table(spark, "silver", options.source_path)
    path = options.delta_path

    def take(batch: DataFrame, batch_id: int) -> None:
        session = batch.sparkSession
        merge(session, path, batch)
        retire(session, path)
        if batch_id % BATCHES_PER_MAINTENANCE == BATCHES_PER_MAINTENANCE - 1:
            maintain(session, path)

    silver = spark.readStream.format("delta").option("maxBytesPerTrigger", BYTES_PER_BATCH).load(options.source_path)
    return silver.writeStream.foreachBatch(take)
