// The domain ingestion on a standalone master of Spark, with its tables on S3: the server of the tables, the master and its worker go and come back.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ingestionProject, type IngestionProject } from "../harness/ingestion-project.ts";
import { countBy, DOMAINS, FIXTURES, type Row } from "../harness/read-domain-data.ts";
import { serveSources, type SourceServer } from "../harness/serve-sources.ts";
import { runDelta } from "../servers/delta-python.ts";
import { freePorts } from "../servers/free-ports.ts";
import { startKafka, type KafkaServer } from "../servers/kafka.ts";
import { startMoto, startS3rver, type S3Server } from "../servers/s3.ts";
import { startSmtp, type SmtpServer } from "../servers/smtp.ts";
import { SMALL_JOB_JAVA, SMALL_JOBS } from "../servers/spark-home.ts";
import { startSpark, type SparkCluster } from "../servers/spark.ts";

const LAYERS = "domain_layers_dag";
const SPARK_CONF = {
  ...SMALL_JOBS,
  "spark.executor.memory": "512m",
  "spark.executor.extraJavaOptions": SMALL_JOB_JAVA,
};

// Jobs of Spark take a minute each where others work beside them.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

let folder: string;
let kafka: KafkaServer;
let spark: SparkCluster;
/** Of Spark: it takes a body in signed pieces, as Hadoop sends it. */
let s3: S3Server;
/** It knows one key only. */
let locked: S3Server;
let mails: SmtpServer;
let sources: SourceServer;
let project: IngestionProject;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-cluster-"));
  [kafka, spark, s3, locked, mails, sources] = await Promise.all([
    startKafka(),
    startSpark(),
    startMoto(),
    startS3rver(),
    startSmtp(),
    serveSources(),
  ]);
  const [nobody] = await freePorts(1);
  await writeFile(join(folder, "spark-defaults.conf"), sparkDefaults(s3));
  project = await ingestionProject({
    sources: sources.config,
    config: { executor: { environment: ["HTTP_RETRIES", "SPARK_CONF_DIR", ...Object.keys(spark.env)] } },
    env: {
      ...spark.env,
      SPARK_CONF_DIR: folder,
      HTTP_RETRIES: "1",
      MILLRACE_CONN_MAIL: `smtp://127.0.0.1:${mails.port}?disable_tls=true&from_email=millrace%40localhost`,
      MILLRACE_CONN_LAKE: connectionOf(s3),
      MILLRACE_CONN_REFUSED: connectionOf({ ...locked, accessKeyId: "somebody-else" }),
      MILLRACE_CONN_STILL: connectionOf(locked),
      MILLRACE_CONN_GONE: connectionOf({ ...s3, endpoint: `http://127.0.0.1:${nobody}` }),
    },
    variables: {
      kafka_servers: kafka.servers,
      spark_master: spark.masterUrl,
      spark_master_ui: spark.masterUi,
      spark_conf: JSON.stringify(SPARK_CONF),
      bronze_path: `s3a://${s3.bucket}/bronze`,
      silver_path: `s3a://${s3.bucket}/silver`,
      gold_path: `s3a://${s3.bucket}/gold`,
      lake_connection: "lake",
      mail_outbox: "smtp:mail",
    },
    // What is broken is so for the next try, too.
    edits: [["monitoring.dag.ts", "retries: 1", "retries: 0"]],
  });
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await Promise.all([kafka, spark, s3, locked, mails, sources].map((server) => server[Symbol.asyncDispose]()));
  await rm(folder, { recursive: true, force: true });
});

test("jobs on a standalone master carry the lists into tables on S3, and the checks read them there", async () => {
  expect(await project.runDag("domain_ingestion_dag", "first")).toBe("success");
  expect(await project.runDag(LAYERS, "first")).toBe("success");
  await expectLake(1);
  expect(await project.runDag("monitoring_dag", "healthy")).toBe("success");
  expect(await project.log("monitoring_dag", "infrastructure_health.check_spark", "healthy")).toMatch(
    /master asked .*"status":"ALIVE","workers":1/,
  );
  expect(mails.mails).toEqual([]);
});

test.each([
  ["gone", /cannot be read: .*ECONNREFUSED/],
  ["refused", /may not be read \(InvalidAccessKeyId\)/],
  ["still", /cannot be read: it was too slow/],
])("an S3 that is %s fails the checks of its tables, which are mailed, until it is right", async (connection, why) => {
  if (connection === "still") locked.pause();
  await project.setVariable("lake_connection", connection);
  expect(await project.runDag("monitoring_dag", connection)).toBe("failed");
  expect(await project.failedChecks(connection)).toEqual([
    "data_quality.check_bronze_freshness",
    "data_quality.check_gold_freshness",
    "data_quality.check_silver_freshness",
    "infrastructure_health.check_spark",
  ]);
  expect(await project.log("monitoring_dag", "data_quality.check_gold_freshness", connection)).toMatch(why);
  await expectMail(new RegExp(`check_gold_freshness\\s+failed[^]*${connection}`));
  await project.setVariable("lake_connection", "lake");
  await project.clear("monitoring_dag", connection);
});

test("a master that is gone fails the check of Spark, which is mailed; it is healthy when the worker has found the new one", async () => {
  await spark.stopMaster();
  expect(await project.runDag("monitoring_dag", "no-master")).toBe("failed");
  expect(await project.failedChecks("no-master")).toEqual(["infrastructure_health.check_spark"]);
  await expectMail(/check_spark\s+failed[^]*no-master/);
  await spark.startMaster();
  await expect.poll(aliveWorkers, { timeout: 60_000 }).toBe(1);
  await project.clear("monitoring_dag", "no-master");
});

test("a master without a worker fails the check; layers that wait for one go on when there is one, and count nothing twice", async () => {
  await spark.kill9Worker();
  await expect.poll(aliveWorkers).toBe(0);
  expect(await project.runDag("domain_ingestion_dag", "second")).toBe("success");
  const layers = project.runDag(LAYERS, "second");
  expect(await project.runDag("monitoring_dag", "no-worker")).toBe("failed");
  expect(await project.failedChecks("no-worker")).toEqual(["infrastructure_health.check_spark"]);
  expect(await project.log("monitoring_dag", "infrastructure_health.check_spark", "no-worker")).toMatch(
    /is ALIVE with 0 workers: no job can run/,
  );
  await expectMail(/check_spark\s+failed[^]*no-worker/);
  await spark.startWorker();
  expect(await layers).toBe("success");
  await project.clear("monitoring_dag", "no-worker");
  await expectLake(2);
});

/** What Spark needs to know of S3; passwords do not belong on a command line, which anybody can see. */
function sparkDefaults({ endpoint, accessKeyId, secretAccessKey }: S3Server): string {
  const settings = {
    endpoint,
    "access.key": accessKeyId,
    "secret.key": secretAccessKey,
    "path.style.access": true,
    "connection.ssl.enabled": false,
  };
  return Object.entries(settings)
    .map(([name, value]) => `spark.hadoop.fs.s3a.${name} ${String(value)}\n`)
    .join("");
}

function connectionOf({ endpoint, accessKeyId, secretAccessKey }: S3Server): string {
  const extra = { endpoint_url: endpoint };
  return JSON.stringify({ conn_type: "aws", login: accessKeyId, password: secretAccessKey, extra });
}

async function aliveWorkers(): Promise<number> {
  const page = (await (await fetch(`${spark.masterUi}/json/`)).json()) as { readonly aliveworkers: number };
  return page.aliveworkers;
}

async function expectMail(pattern: RegExp): Promise<void> {
  await expect.poll(() => mails.mails.map(({ source }) => source).join("")).toMatch(pattern);
}

/** The tables after so many ingestions, as another implementation of Delta Lake reads them. */
async function expectLake(times: number): Promise<void> {
  const program = `
import json, sys
from deltalake import DeltaTable
options = json.loads(sys.argv[1])
table = lambda layer: DeltaTable(f"s3://{options['bucket']}/{layer}/domains", storage_options=options["storage"])
read = lambda layer, columns: table(layer).to_pyarrow_dataset().to_table(columns=columns).to_pylist()
print(json.dumps({"bronze": read("bronze", ["source", "kafka_topic", "kafka_offset"]), "gold": read("gold", ["domain"])}))`;
  const storage = {
    AWS_ENDPOINT_URL: s3.endpoint,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    AWS_REGION: "us-east-1",
    AWS_ALLOW_HTTP: "true",
  };
  const { bronze, gold } = (await runDelta(program, { bucket: s3.bucket, storage })) as {
    readonly bronze: readonly Row[];
    readonly gold: readonly Row[];
  };
  expect(countBy(bronze, "source")).toEqual(
    Object.fromEntries(Object.entries(FIXTURES).map(([source, count]) => [source, times * count])),
  );
  expect(new Set(bronze.map((row) => `${String(row["kafka_topic"])} ${String(row["kafka_offset"])}`)).size).toBe(
    bronze.length,
  );
  expect(new Set(gold.map((row) => row["domain"])).size).toBe(DOMAINS);
  expect(gold).toHaveLength(DOMAINS);
}
