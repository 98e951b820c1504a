// The domain ingestion on real servers: Kafka, Spark and Delta Lake, a Pushgateway and a mail server, one after the other broken.
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ingestionProject, type IngestionProject } from "../harness/ingestion-project.ts";
import { countBy, DOMAINS, FIXTURES, type Row } from "../harness/read-domain-data.ts";
import { readKafkaEvents } from "../harness/read-kafka-events.ts";
import { serveSources, type SourceServer } from "../harness/serve-sources.ts";
import { runDelta } from "../servers/delta-python.ts";
import { freePorts } from "../servers/free-ports.ts";
import { startKafka, type KafkaServer } from "../servers/kafka.ts";
import { startPushgateway, type MonitoringServer } from "../servers/pushgateway.ts";
import { startSmtp, type SmtpServer } from "../servers/smtp.ts";
import { SMALL_JOBS, sparkHome } from "../servers/spark-home.ts";

// Jobs of Spark take a minute each where others work beside them.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

let folder: string;
let kafka: KafkaServer;
let mails: SmtpServer;
let gateway: MonitoringServer;
let sources: SourceServer;
let project: IngestionProject;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-lake-"));
  const spark = await sparkHome();
  [kafka, mails, gateway, sources] = await Promise.all([startKafka(), startSmtp(), startPushgateway(), serveSources()]);
  project = await ingestionProject({
    sources: sources.config,
    config: { executor: { environment: ["HTTP_RETRIES", ...Object.keys(spark.env)] } },
    env: {
      ...spark.env,
      HTTP_RETRIES: "1",
      MILLRACE_CONN_MAIL: `smtp://127.0.0.1:${mails.port}?disable_tls=true&from_email=millrace%40localhost`,
    },
    variables: {
      kafka_servers: kafka.servers,
      spark_master: "local[2]",
      spark_conf: JSON.stringify(SMALL_JOBS),
      bronze_path: join(folder, "bronze"),
      silver_path: join(folder, "silver"),
      gold_path: join(folder, "gold"),
      pushgateway_url: gateway.url,
      mail_outbox: "smtp:mail",
    },
  });
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await Promise.all([kafka, mails, gateway, sources].map((server) => server[Symbol.asyncDispose]()));
  await rm(folder, { recursive: true, force: true });
});

test("the lists go through Kafka and Spark into Delta tables, each domain once", async () => {
  expect(await project.runDag("domain_ingestion_dag", "first")).toBe("success");
  expect(countBy(await readKafkaEvents(kafka.servers), "source")).toEqual(FIXTURES);
  expect(await project.runDag("domain_layers_dag", "first")).toBe("success");
  const { bronze, gold } = await readLake();
  expect(countBy(bronze, "source")).toEqual(FIXTURES);
  expectGold(gold);
});

test("a publication that is cleared and runs again adds nothing", async () => {
  await project.clear("domain_ingestion_dag", "first");
  expect(await readKafkaEvents(kafka.servers)).toHaveLength(115);
});

test("the monitoring finds all servers healthy, and the gateway has its gauges", async () => {
  expect(await project.runDag("monitoring_dag", "healthy")).toBe("success");
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(text).toMatch(/^thread_protection_ingestion_pipeline_health\{[^}]*run_id="healthy"[^}]*\} 1$/m);
  expect(text.match(/^thread_protection_ingestion_component_health\{[^}]*\} 1$/gm)).toHaveLength(5);
  expect(mails.mails).toEqual([]);
});

test("Kafka that stands still, and then is gone, fails the right tasks, is mailed, and costs no event", async () => {
  kafka.pause();
  try {
    expect(await project.runDag("domain_ingestion_dag", "slow")).toBe("failed");
    expect(await project.states("domain_ingestion_dag", "slow")).toEqual({
      check_kafka_health: "failed",
      run_full_ingestion: "upstream_failed",
      send_success_notification: "upstream_failed",
    });
  } finally {
    kafka.resume();
  }
  await kafka.stop();
  try {
    expect(await project.runDag("monitoring_dag", "no_kafka")).toBe("failed");
    expect(await project.failedChecks("no_kafka")).toEqual([
      "infrastructure_health.check_kafka",
      "infrastructure_health.check_spark",
    ]);
  } finally {
    await kafka.restart();
  }
  await expect.poll(() => mails.mails.map(({ source }) => source).join("")).toMatch(/check_kafka\s+failed/);

  await project.clear("domain_ingestion_dag", "slow");
  const events = await readKafkaEvents(kafka.servers);
  expect(countBy(events, "source")).toEqual({ stevenblack: 78, urlhaus: 54, "1hosts": 54, adwars: 44 });
});

test("a login that Kafka refuses is not tried again", async () => {
  await using locked = await startKafka({ sasl: { user: "millrace", password: "right" } });
  const uri = `kafka://millrace:wrong@127.0.0.1:${locked.port}`;
  expect((await project.run("connections", "add", "locked", "--conn-uri", uri)).code).toBe(0);
  await project.setVariable("kafka_servers", "connection:locked");
  expect(await project.runDag("domain_ingestion_dag", "refused")).toBe("failed");
  expect(await project.log("domain_ingestion_dag", "check_kafka_health", "refused")).toMatch(/the login was refused/);
  const rows = await project.instances("domain_ingestion_dag", "refused");
  expect(rows.find(({ task_id }) => task_id === "check_kafka_health")).toMatchObject({ try_number: 1 });
  await project.setVariable("kafka_servers", kafka.servers);
});

test("a master of Spark that is gone, and a table that cannot be read, fail their checks", async () => {
  const [port, ui] = await freePorts(2);
  await project.setVariable("spark_master", `spark://127.0.0.1:${port}`);
  await project.setVariable("spark_master_ui", `http://127.0.0.1:${ui}`);
  await rename(join(folder, "gold"), join(folder, "away"));
  expect(await project.runDag("monitoring_dag", "no_spark")).toBe("failed");
  expect(await project.failedChecks("no_spark")).toEqual([
    "data_quality.check_gold_freshness",
    "infrastructure_health.check_spark",
  ]);
  await rename(join(folder, "away"), join(folder, "gold"));
  await project.setVariable("spark_master", "local[2]");
});

test("without a gateway and a mail server the monitoring goes on, and says so", async () => {
  await gateway.stop();
  await mails.stop();
  expect(await project.runDag("monitoring_dag", "no_gateway")).toBe("success");
  expect(await project.log("monitoring_dag", "collect_metrics", "no_gateway")).toMatch(
    /WARN +metrics could not be pushed/,
  );
});

test("after all that, the layers catch up without a lost and without a double domain", async () => {
  expect(await project.runDag("domain_layers_dag", "second")).toBe("success");
  const { bronze, gold } = await readLake();
  expect(bronze).toHaveLength(230);
  expectGold(gold);
});

function expectGold(gold: readonly Row[]): void {
  expect(new Set(gold.map((row) => row["domain"])).size).toBe(DOMAINS);
  expect(gold).toHaveLength(DOMAINS);
  expect(countBy(gold, "category")).toEqual({ malware: 27, ads_trackers: 83 });
  expect(countBy(gold, "source_count")).toEqual({ 1: 106, 2: 3, 3: 1 });
}

/** The tables as another implementation of Delta Lake reads them. */
async function readLake(): Promise<{ readonly bronze: readonly Row[]; readonly gold: readonly Row[] }> {
  const program = `
import json, sys
from deltalake import DeltaTable
paths = json.loads(sys.argv[1])
read = lambda path, columns: DeltaTable(path).to_pyarrow_dataset().to_table(columns=columns).to_pylist()
print(json.dumps({
  "bronze": read(paths["bronze"], ["domain", "source", "kafka_topic", "kafka_offset"]),
  "gold": read(paths["gold"], ["domain", "category", "source_count", "source_list"]),
}))`;
  const paths = { bronze: join(folder, "bronze/domains"), gold: join(folder, "gold/domains") };
  return (await runDelta(program, paths)) as { readonly bronze: readonly Row[]; readonly gold: readonly Row[] };
}
