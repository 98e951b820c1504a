// The domain ingestion where something is full: a broker that takes no message of this size, a disk of Kafka, of the log and of the tables.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { ingestionProject, type IngestionProject } from "../harness/ingestion-project.ts";
import { limitMessages, USUAL_MESSAGE_BYTES } from "../harness/limit-messages.ts";
import { otherClient } from "../harness/other-client.ts";
import { countBy, DOMAINS, FIXTURES, readEvents, readLayer, type Row } from "../harness/read-domain-data.ts";
import { readKafkaEvents } from "../harness/read-kafka-events.ts";
import { serveSources, type SourceServer } from "../harness/serve-sources.ts";
import { runDelta } from "../servers/delta-python.ts";
import { startKafka, type KafkaServer } from "../servers/kafka.ts";
import { startSlack, type SlackServer } from "../servers/slack.ts";
import { smallDisk, type SmallDisk } from "../servers/small-disk.ts";
import { startSmtp, type SmtpServer } from "../servers/smtp.ts";
import { SMALL_JOBS, sparkHome } from "../servers/spark-home.ts";

const INGESTION = "domain_ingestion_dag";
const LAYERS = "domain_layers_dag";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let folder: string;
let kafkaDisk: SmallDisk;
let disk: SmallDisk;
let kafka: KafkaServer;
let mails: SmtpServer;
let slack: SlackServer;
let sources: SourceServer;
let project: IngestionProject;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-full-"));
  kafkaDisk = smallDisk(16, join(folder, "kafka/data"));
  disk = smallDisk(16);
  const spark = await sparkHome();
  [kafka, mails, slack, sources] = await Promise.all([
    startKafka({ folder: join(folder, "kafka") }),
    startSmtp(),
    startSlack(),
    serveSources(),
  ]);
  const chat = { conn_type: "slack", host: `${slack.url}/api`, password: slack.token, schema: "#data" };
  project = await ingestionProject({
    sources: sources.config,
    config: { executor: { environment: ["HTTP_RETRIES", ...Object.keys(spark.env)] } },
    env: {
      ...spark.env,
      HTTP_RETRIES: "1",
      MILLRACE_CONN_MAIL: `smtp://127.0.0.1:${mails.port}?disable_tls=true&from_email=millrace%40localhost`,
      MILLRACE_CONN_CHAT: JSON.stringify(chat),
    },
    variables: {
      kafka_servers: kafka.servers,
      spark_conf: JSON.stringify(SMALL_JOBS),
      bronze_path: join(disk.folder, "lake/bronze"),
      silver_path: join(disk.folder, "lake/silver"),
      gold_path: join(disk.folder, "lake/gold"),
      mail_outbox: "smtp:mail",
      slack_connection: "chat",
    },
    // What is full is so for the next try, too.
    edits: [
      ["domain-ingestion.dag.ts", "retries: 2", "retries: 0"],
      ["domain-layers.dag.ts", "retries: 2", "retries: 0"],
    ],
  });
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await Promise.all([kafka, mails, slack, sources].map((server) => server[Symbol.asyncDispose]()));
  for (const one of [kafkaDisk, disk]) one[Symbol.dispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Each try of a test has runs of its own. */
let attempts = 0;

test.each([
  ["ads_trackers_domains", /max\.message\.bytes of 100/],
  ["domain_publications", /a message is larger than the topic takes \(its setting max\.message\.bytes\)/],
])("a topic %s that takes no such message fails the ingestion, which says so, and adds nothing", async (topic, why) => {
  const runId = `too-large-for-${topic}-${++attempts}`;
  const before = await eventsSoFar();
  onTestFinished(() => limitMessages(kafka.servers, topic, USUAL_MESSAGE_BYTES));
  await limitMessages(kafka.servers, topic, 100);
  expect(await project.runDag(INGESTION, runId)).toBe("failed");
  expect(await project.log(INGESTION, "run_full_ingestion", runId)).toMatch(why);
  await limitMessages(kafka.servers, topic, USUAL_MESSAGE_BYTES);
  await project.clear(INGESTION, runId);
  const after = await readKafkaEvents(kafka.servers);
  expect(after.length - before).toBe(115);
});

test("a disk of Kafka that is full fails the ingestion and the check, is mailed and told to Slack, and costs no event", async () => {
  const before = await eventsSoFar();
  kafkaDisk.fill(4_096);
  expect(await project.runDag(INGESTION, "kafka-full")).toBe("failed");
  expect(await project.runDag("monitoring_dag", "kafka-full")).toBe("failed");
  expect(await project.failedChecks("kafka-full")).toContain("infrastructure_health.check_kafka");
  await expect.poll(() => mails.mails.map(({ source }) => source).join("")).toMatch(/check_kafka\s+failed/);
  await expect.poll(() => slack.messages.map(({ blocks }) => JSON.stringify(blocks)).join("")).toMatch(/check_kafka/);

  kafkaDisk.free();
  await kafka.restart();
  await project.clear(INGESTION, "kafka-full");
  const after = await readKafkaEvents(kafka.servers);
  expect(after.length - before).toBe(115);
});

test("a disk that is full fails the log's and the tables' writers, leaves nothing half-written, and loses nothing", async () => {
  const data = disk.folder;
  const leftovers = async (): Promise<readonly string[]> =>
    (await readdir(data, { recursive: true })).filter((name) => /\.pending$|pending\/.|\.merge-/.test(name));
  await project.setVariable("kafka_servers", `file:${join(data, "log")}`);
  disk.fill(16_384);
  expect(await project.runDag(INGESTION, "disk-full")).toBe("failed");
  expect(await project.log(INGESTION, "run_full_ingestion", "disk-full")).toMatch(
    /cannot publish to \w+ in the log at .*no space left on device.*make room there, and run it again/,
  );
  disk.fill(0);
  expect(await project.runDag("monitoring_dag", "disk-full")).toBe("failed");
  expect(await project.failedChecks("disk-full")).toContain("infrastructure_health.check_kafka");
  expect(await leftovers()).toEqual([]);
  disk.free();
  await project.clear(INGESTION, "disk-full");
  expect(
    countBy(
      (await readEvents(data)).map(({ value }) => value),
      "source",
    ),
  ).toEqual(FIXTURES);

  disk.fill(16_384);
  expect(await project.runDag(LAYERS, "disk-full")).toBe("failed");
  expect(await project.log(LAYERS, "process_bronze", "disk-full")).toMatch(
    /the table at .* cannot be written: .*no space left on device.*; make room there, and run it again/,
  );
  expect((await readdir(join(data, "lake"), { recursive: true })).filter((name) => /part-/.test(name))).toEqual([]);
  expect(await leftovers()).toEqual([]);
  disk.free();
  await project.clear(LAYERS, "disk-full");
  expect(countBy(await readLayer(data, "bronze"), "source")).toEqual(FIXTURES);
  expect(await readLayer(data, "gold")).toHaveLength(DOMAINS);
});

test("a disk that is full fails a job of Spark, which says so, and its next pass brings each event once", async () => {
  const lake = join(disk.folder, "delta");
  const variables = { kafka_servers: kafka.servers, spark_master: "local[2]" };
  for (const [name, value] of Object.entries(variables)) await project.setVariable(name, value);
  await project.setVariable("bronze_path", join(lake, "bronze"));
  const published = (await readKafkaEvents(kafka.servers)).length;
  disk.fill(32_768);
  expect(await project.runDag(LAYERS, "spark-disk-full")).toBe("failed");
  expect(await project.log(LAYERS, "process_bronze", "spark-disk-full")).toMatch(/No space left on device/);
  disk.free();
  // The layers after it do not differ: each job takes as long as all else here.
  const clear = ["clear", LAYERS, "--run", "spark-disk-full", "-t", "process_bronze", "-y"];
  expect((await project.run("tasks", ...clear)).code).toBe(0);
  await expect
    .poll(async () => await project.states(LAYERS, "spark-disk-full"), { timeout: 200_000, interval: 1_000 })
    .toMatchObject({ process_bronze: "success" });
  const bronze = (await runDelta(
    `
import json, sys
from deltalake import DeltaTable
columns = ["kafka_topic", "kafka_offset"]
print(json.dumps(DeltaTable(json.loads(sys.argv[1])).to_pyarrow_dataset().to_table(columns=columns).to_pylist()))`,
    join(lake, "bronze/domains"),
  )) as readonly Row[];
  expect(bronze).toHaveLength(published);
  expect(new Set(bronze.map((row) => `${String(row["kafka_topic"])} ${String(row["kafka_offset"])}`)).size).toBe(
    published,
  );
});

async function eventsSoFar(): Promise<number> {
  const admin = otherClient(kafka.servers).admin();
  await admin.connect();
  const topics = await admin.listTopics().finally(() => admin.disconnect());
  return topics.includes("malware_domains") ? (await readKafkaEvents(kafka.servers)).length : 0;
}
