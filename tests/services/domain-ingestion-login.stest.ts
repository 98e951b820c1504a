// The Spark jobs of the domain ingestion at a Kafka that wants TLS and a login: what they are told of it, nobody else sees.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { inspect } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Secret, type Connection, type Context } from "millrace";
import { kafkaProduce, kafkaTopics } from "@millrace/provider-kafka";
import { processBySpark } from "../../pipelines/domain-ingestion/operators/process-by-spark.ts";
import { fakeContext } from "../../pipelines/domain-ingestion/testing/fake-context.ts";
import { makeAuthority, type Authority, type Certificate } from "../servers/authority.ts";
import { runDelta } from "../servers/delta-python.ts";
import { startKafka, type KafkaServer } from "../servers/kafka.ts";
import { SMALL_JOBS, sparkHome, type SparkHome } from "../servers/spark-home.ts";

// Jobs of Spark take a minute each where others work beside them.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const PIPELINE = join(import.meta.dirname, "../../pipelines/domain-ingestion");
const PASSWORD = "right-one-of-ada";
const TOPICS = ["malware_domains", "ads_trackers_domains"];

let folder: string;
let spark: SparkHome;
let authority: Authority;
let own: Certificate;
let kafka: KafkaServer;

beforeAll(async () => {
  spark = await sparkHome();
  for (const [name, value] of Object.entries(spark.env)) vi.stubEnv(name, value);
  folder = await mkdtemp(join(tmpdir(), "millrace-login-"));
  authority = await makeAuthority(folder);
  own = await authority.issue("client");
  const certificate = await authority.issue("broker");
  kafka = await startKafka({ security: { user: "ada", password: PASSWORD, authority, certificate } });
  await kafkaTopics.spec.run({ connection: login(PASSWORD), topics: TOPICS.map((topic) => ({ topic })) }, aContext());
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await kafka?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** A login over TLS, with a certificate of the client beside it. */
const login = (password: string): Connection => ({
  ...{ id: "guarded", type: "kafka", host: kafka.doors.login, login: "ada", password: new Secret(password) },
  extra: {
    ...{ security_protocol: "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512" },
    ...{ "ssl.ca.location": authority.caFile, "ssl.certificate.pem": own.certificate, "ssl.key.pem": own.key },
  },
});

function aContext(connection?: Connection): ReturnType<typeof fakeContext> {
  const over: Partial<Context> = { tryNumber: 1, tryId: "t/1" };
  return fakeContext({ ...over, ...(connection && { connection: async () => connection }) });
}

interface Pass {
  readonly report: Promise<unknown>;
  /** All that was logged, nothing masked. */
  readonly logged: () => string;
  /** The command lines that could be seen meanwhile. */
  readonly commands: () => string;
}

/** Has Spark take what waits into bronze. */
function bronze(connection: Connection): Pass {
  const ctx = aContext(connection);
  const commands = new Set<string>();
  const ended = new AbortController();
  const report = processBySpark(
    {
      ...{ pipelineFolder: PIPELINE, layer: "bronze", kafkaServers: "connection:guarded", sparkMaster: "local[2]" },
      ...{ bronzePath: join(folder, "bronze"), silverPath: "", goldPath: "" },
      sparkConf: JSON.stringify(SMALL_JOBS),
    },
    ctx,
  ).finally(() => ended.abort());
  void watch(commands, ended.signal);
  const logged = (): string =>
    ctx.logged.map(({ message, fields }) => `${message} ${JSON.stringify(fields)}`).join("\n");
  return { report, logged, commands: () => [...commands].join("\n") };
}

/** Gathers the command lines of all processes, as anybody on the machine sees them. */
async function watch(commands: Set<string>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name)))
      commands.add(await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
    await pause(250);
  }
}

async function publish(domain: string): Promise<void> {
  const value = {
    ...{ domain, category: "malware", source: "test", source_format: "hosts", raw_entry: domain },
    ...{ ingestion_timestamp: "2025-10-01T00:00:00+00:00", metadata: {} },
  };
  const messages = [{ key: domain, value }];
  await kafkaProduce.spec.run({ connection: login(PASSWORD), topic: "malware_domains", messages }, aContext());
}

const readDomains = async (): Promise<unknown> =>
  await runDelta(
    `
import json, sys
from deltalake import DeltaTable
rows = DeltaTable(json.loads(sys.argv[1])).to_pyarrow_dataset().to_table(columns=["domain"]).to_pylist()
print(json.dumps(sorted(row["domain"] for row in rows)))`,
    join(folder, "bronze/domains"),
  );

test("a job logs in by SCRAM over TLS with a certificate, and neither a command line nor the log has its secrets", async () => {
  await publish("one.example.com");
  const { report, logged, commands } = bronze(login(PASSWORD));
  const found = await report.catch((error: unknown) => error);
  expect(found, logged()).toMatchObject({ layer: "bronze", outcome: "committed", rows: 1 });
  expect(await readDomains()).toEqual(["one.example.com"]);
  expect(commands()).toContain("streaming/main.py");
  for (const secret of [PASSWORD, "PRIVATE KEY"]) expect(commands() + logged()).not.toContain(secret);
});

test("a password that Kafka refuses fails for good, and says so without it", async () => {
  await publish("two.example.com");
  const { report, logged, commands } = bronze(login("wrong-one-of-ada"));
  const error: unknown = await report.catch((thrown: unknown) => thrown);
  expect(error, logged()).toMatchObject({
    name: "Permanent",
    message: expect.stringContaining("SaslAuthenticationException") as string,
  });
  expect(commands() + logged() + inspect(error, { depth: 20 })).not.toContain("wrong-one-of-ada");
});
