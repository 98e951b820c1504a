"""Columns of the three tables, and what a domain is: the same rules as steps/domain-name.ts and steps/layer-rows.ts."""

from pyspark.sql import Column, functions as F
from pyspark.sql.types import DateType, LongType, MapType, StringType, StructType, TimestampType

TEXT, LONG, TIME, DATE, TEXTS = StringType(), LongType(), TimestampType(), DateType(), MapType(StringType(), StringType())


def columns(**types) -> StructType:
    """A schema whose columns may all be null, in the order in which they are named."""
    schema = StructType()
    for name, kind in types.items():
        schema = schema.add(name, kind)
    return schema


EVENT = columns(
    domain=TEXT, category=TEXT, source=TEXT, source_format=TEXT, raw_entry=TEXT, ingestion_timestamp=TIME, metadata=TEXTS
)

TABLES = {
    "bronze": columns(
        domain=TEXT, category=TEXT, source=TEXT, source_format=TEXT, raw_entry=TEXT, ingestion_timestamp=TIME,
        metadata=TEXTS, kafka_topic=TEXT, kafka_partition=LONG, kafka_offset=LONG, kafka_timestamp=TIME,
        bronze_timestamp=TIME, ingestion_date=DATE,
    ),
    "silver": columns(
        domain=TEXT, category=TEXT, source=TEXT, source_format=TEXT, raw_entry=TEXT, ingestion_timestamp=TIME,
        bronze_timestamp=TIME, silver_timestamp=TIME, metadata=TEXTS, is_valid=TEXT, validation_errors=TEXT,
        ingestion_date=DATE, bronze_offset=LONG,
    ),
    "gold": columns(
        domain=TEXT, category=TEXT, source_list=TEXT, source_count=LONG, first_seen=TIME, last_seen=TIME,
        last_updated=TIME, is_active=TEXT, metadata=TEXTS, domain_hash=TEXT,
    ),
}

PARTITIONED_BY = {"bronze": ["ingestion_date"], "silver": ["ingestion_date"], "gold": []}

IPV4 = r"^\d{1,3}(\.\d{1,3}){3}$"
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# A top-level domain outside ASCII is written as an A-label (`xn--p1ai`), which has digits and hyphens.
NAME = rf"^({LABEL}\.)+([a-z]{{2,63}}|xn--[a-z0-9-]{{1,58}}[a-z0-9])$"
RESERVED = r"(^|\.)(local|localhost|localdomain|test|example|invalid|onion|i2p)$"


def clean_domain(text: Column) -> Column:
    """The bare domain inside a text; null when what remains is not valid."""
    domain = F.lower(F.regexp_replace(text, r"(?U)^\s+|\s+$", ""))
    for pattern in (r"^https://", r"^http://", r"^ftp://", r"^//", r"^(www\.)+", r"(?s)[/?#].*$", r":\d+$", r"\.+$"):
        domain = F.regexp_replace(domain, pattern, "")
    is_valid = (
        F.length(domain).between(4, 253) & domain.rlike(NAME) & ~domain.rlike(IPV4) & ~domain.rlike(RESERVED)
    )
    return F.when(is_valid, domain)
