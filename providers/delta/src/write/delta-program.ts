/**
 * The Python program that writes: it reads a plan on the first line of its input, then rows as JSON lines, which it hands on in Arrow batches, and prints its result as
 * JSON on one line. A text and not a file of its own, so that it comes along when a DAG is bundled.
 */
export const DELTA_PROGRAM = String.raw`
import base64, datetime, decimal, json, sys

def fail(kind, message):
    print(json.dumps({"error": kind, "message": str(message)}), flush=True)
    sys.exit(3)

try:
    import pyarrow as pa
    from deltalake import CommitProperties, DeltaTable, Schema, Transaction, write_deltalake
    from deltalake.exceptions import TableNotFoundError
except ImportError as error:
    fail("MISSING", error)

plan = json.loads(sys.stdin.readline())
count, bad = 0, None

def instant(text, tz):
    value = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if tz is None:
        return value.replace(tzinfo=None)
    return value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)

def reader_of(kind):
    if pa.types.is_timestamp(kind):
        return lambda value: instant(value, kind.tz)
    if pa.types.is_date(kind):
        return lambda value: datetime.date.fromisoformat(value[:10])
    if pa.types.is_decimal(kind):
        return lambda value: decimal.Decimal(str(value))
    if pa.types.is_integer(kind):
        return lambda value: int(value) if isinstance(value, str) else value
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return base64.b64decode
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        each = optional(reader_of(kind.value_type))
        return lambda value: [each(item) for item in value]
    if pa.types.is_map(kind):
        each = optional(reader_of(kind.item_type))
        return lambda value: [(key, each(item)) for key, item in value.items()]
    if pa.types.is_struct(kind):
        fields = {kind.field(i).name: optional(reader_of(kind.field(i).type)) for i in range(kind.num_fields)}
        return lambda value: {name: read(value.get(name)) for name, read in fields.items()}
    return lambda value: value

def optional(read):
    return lambda value: None if value is None else read(value)

def read_row(line, number, readers):
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("it is no object")
    unknown = [name for name in row if name not in readers]
    if unknown:
        raise ValueError("the table has no column " + ", ".join(unknown))
    read = {}
    for name, value in row.items():
        try:
            read[name] = readers[name](value)
        except Exception as error:
            raise ValueError("its " + name + " does not fit: " + str(error))
    return read

def batches(schema):
    global count, bad
    readers = {field.name: optional(reader_of(field.type)) for field in schema}
    rows = []
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            rows.append(read_row(line, number, readers))
            if len(rows) == plan["batchRows"]:
                yield pa.RecordBatch.from_pylist(rows, schema=schema)
                count, rows = count + len(rows), []
        except Exception as error:
            bad = f"row {number}: {error}"
            raise
    try:
        batch = pa.RecordBatch.from_pylist(rows, schema=schema)
    except Exception as error:
        bad = f"one of the last {len(rows)} rows: {error}"
        raise
    count += len(rows)
    yield batch

def open_table():
    options = plan["storageOptions"]
    try:
        return DeltaTable(plan["uri"], storage_options=options)
    except TableNotFoundError:
        create = plan.get("create")
        if create is None:
            fail("NO_TABLE", "there is no table")
        return DeltaTable.create(plan["uri"], Schema.from_json(json.dumps(create["schema"])), mode="ignore",
            partition_by=create.get("partitionBy"), configuration=create.get("properties"), storage_options=options)

def is_done(table):
    done = table.transaction_version(plan["transaction"]["appId"])
    return done is not None and done >= plan["transaction"]["version"]

def merge(table, reader, commit):
    merging = plan["merge"]
    merger = table.merge(source=reader, predicate=merging["predicate"], source_alias="source", target_alias="target", commit_properties=commit)
    if merging["whenMatched"] == "update":
        merger = merger.when_matched_update_all()
    elif isinstance(merging["whenMatched"], dict):
        merger = merger.when_matched_update(updates=merging["whenMatched"])
    if merging["whenNotMatched"] == "insert":
        merger = merger.when_not_matched_insert_all()
    metrics = merger.execute()
    return {"inserted": metrics["num_target_rows_inserted"], "updated": metrics["num_target_rows_updated"]}

def main():
    table = open_table()
    if is_done(table):
        return {"skipped": True, "version": table.version(), "rows": 0}
    transaction = Transaction(plan["transaction"]["appId"], plan["transaction"]["version"])
    commit = CommitProperties(app_transactions=[transaction])
    schema = pa.schema(table.schema().to_arrow())
    reader = pa.RecordBatchReader.from_batches(schema, batches(schema))
    more = {}
    try:
        if plan.get("merge") is None:
            write_deltalake(table, reader, mode="append", commit_properties=commit)
        else:
            more = merge(table, reader, commit)
    except Exception:
        if bad is None and is_done(DeltaTable(plan["uri"], storage_options=plan["storageOptions"])):
            return {"skipped": True, "version": DeltaTable(plan["uri"], storage_options=plan["storageOptions"]).version(), "rows": 0}
        raise
    table.update_incremental()
    return {"skipped": False, "version": table.version(), "rows": count, **more}

try:
    print(json.dumps(main()), flush=True)
except Exception as error:
    fail("BAD_ROW" if bad else type(error).__name__, bad or error)
`;
