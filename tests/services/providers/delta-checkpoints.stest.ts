// Checkpoints as Delta itself writes them for large tables: in several files, and as V2 with sidecars. The commits before them are taken away, so
// that nothing but the checkpoint says what is in the table. delta-rs, which shares no code with us, is the judge.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openDelta, type DeltaRow } from "@millrace/provider-delta";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runDelta } from "../../servers/delta-python.ts";
import { sparkHome } from "../../servers/spark-home.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** Files of each table: so many that three go into a part. */
const FORMS = {
  parts: { partSize: 3, policy: "classic", format: "parquet" },
  "v2-parquet": { partSize: 3, policy: "v2", format: "parquet" },
  "v2-json": { partSize: 3, policy: "v2", format: "json" },
} as const;
type Form = keyof typeof FORMS;

/** Makes the tables: eight files, of which some are removed and one is added again before the checkpoint, and a commit after it. */
const JOB = `
import json, sys
from pyspark.sql import SparkSession
folder, forms = sys.argv[1], json.loads(sys.argv[2])
spark = (SparkSession.builder
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog").getOrCreate())
made = {}
for name, form in forms.items():
    path = f"{folder}/{name}"
    spark.conf.set("spark.databricks.delta.checkpoint.partSize", form["partSize"])
    spark.conf.set("spark.databricks.delta.checkpointV2.topLevelFileFormat", form["format"])
    spark.conf.set("spark.databricks.delta.properties.defaults.checkpointPolicy", form["policy"])
    spark.range(0, 80, 1, 8).selectExpr("id", "concat('name ', id) as name").write.format("delta").save(path)
    spark.sql(f"delete from delta.\`{path}\` where id < 15")
    log = spark._jvm.org.apache.spark.sql.delta.DeltaLog.forTable(spark._jsparkSession, path)
    log.checkpoint()
    spark.sql(f"insert into delta.\`{path}\` values (100, 'after')")
    spark.sql(f"delete from delta.\`{path}\` where id between 20 and 29")
    made[name] = spark.read.format("delta").load(path).count()
print(json.dumps(made))
`;

/** The log as delta-rs reads it; the data files then are mere Parquet, for its own reader of rows refuses V2 checkpoints. */
const READ = `
import json, sys
import pyarrow as pa, pyarrow.parquet as pq
from deltalake import DeltaTable
plan = json.loads(sys.argv[1]); t = DeltaTable(plan["path"], version=plan["version"])
rows = pa.concat_tables([pq.read_table(uri) for uri in t.file_uris()]).to_pylist()
print(json.dumps(sorted(rows, key=lambda r: r["id"])))
`;

/** The version of the checkpoint. */
const CHECKPOINT = 1;
const NEWEST = 3;

let folder: string;
let made: Readonly<Record<Form, number>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-checkpoints-"));
  const spark = await sparkHome();
  const job = join(folder, "job.py");
  await writeFile(job, JOB);
  const conf = [
    "spark.ui.enabled=false",
    "spark.sql.shuffle.partitions=1",
    "spark.databricks.delta.snapshotPartitions=1",
  ];
  const java = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";
  const args = ["--master", "local[2]", "--driver-java-options", java, ...conf.flatMap((each) => ["--conf", each])];
  const { stdout } = await promisify(execFile)(spark.sparkSubmit, [...args, job, folder, JSON.stringify(FORMS)], {
    env: { ...process.env, ...spark.env },
    maxBuffer: 64 * 1_048_576,
  });
  made = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as typeof made;
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

test.each(Object.keys(FORMS) as Form[])("a checkpoint in the form %s alone says what is in the table", async (form) => {
  const path = join(folder, form);
  const log = join(path, "_delta_log");
  expect(shapeOf(await readdir(log), await readdir(join(log, "_sidecars")).catch(() => []))).toEqual(SHAPES[form]);
  for (let version = 0; version <= CHECKPOINT; version += 1)
    await rm(join(log, `${String(version).padStart(20, "0")}.json`));

  for (const version of [CHECKPOINT, NEWEST]) {
    const judged = (await runDelta(READ, { path, version })) as readonly DeltaRow[];
    await using table = await openDelta(path, { version });
    expect(await table.countRows()).toBe(judged.length);
    const rows: DeltaRow[] = [];
    for await (const row of table.rows()) rows.push(row);
    expect(rows.toSorted((a, b) => Number(a["id"]) - Number(b["id"]))).toEqual(judged);
  }
  await using newest = await openDelta(path);
  expect([newest.version, await newest.countRows()]).toEqual([NEWEST, made[form]]);
});

test("a sidecar or a part that is lost is an error, not a smaller table", async () => {
  for (const [form, below] of [
    ["v2-parquet", "_sidecars"],
    ["parts", "."],
  ] as const) {
    const at = join(folder, form, "_delta_log", below);
    const lost = (await readdir(at)).find((name) => name.endsWith(".parquet")) ?? "";
    await rename(join(at, lost), join(folder, "lost"));
    const count = async (): Promise<number> => {
      await using table = await openDelta(join(folder, form));
      return await table.countRows();
    };
    await expect(count()).rejects.toMatchObject({ code: "NOT_FOUND" });
    await rename(join(folder, "lost"), join(at, lost));
    expect(await count()).toBe(made[form]);
  }
});

/** What lies in the log of each: checkpoint files, and sidecars. Without this a writer that ignores a setting would go unseen. */
const SHAPES: Readonly<Record<Form, { readonly checkpoints: readonly string[]; readonly sidecars: number }>> = {
  parts: {
    checkpoints: [1, 2, 3].map((part) => `checkpoint.000000000${part}.0000000003.parquet`),
    sidecars: 0,
  },
  "v2-parquet": { checkpoints: ["checkpoint.<uuid>.parquet"], sidecars: 3 },
  "v2-json": { checkpoints: ["checkpoint.<uuid>.json"], sidecars: 3 },
};

function shapeOf(log: readonly string[], sidecars: readonly string[]): (typeof SHAPES)[Form] {
  const checkpoints = log.filter((name) => /^\d+\.checkpoint\./.test(name));
  return {
    checkpoints: checkpoints.map((name) => name.replace(/^\d+\./, "").replace(/[0-9a-f-]{36}/, "<uuid>")).sort(),
    sidecars: sidecars.filter((name) => name.endsWith(".parquet")).length,
  };
}
