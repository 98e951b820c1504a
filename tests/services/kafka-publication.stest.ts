// A publication of the domain ingestion is one transaction of Kafka: whoever is killed in the middle of it, each domain is there once for readers of what is committed.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { expect, test, vi } from "vitest";
import { startKafka } from "../servers/kafka.ts";

vi.setConfig({ testTimeout: 300_000 });

const SERVICE = join(import.meta.dirname, "../../pipelines/domain-ingestion/service/main.ts");
const TOPIC = "ads_trackers_domains";
const DOMAINS = 20_000;
/** A tenth of all. */
const IN_FLIGHT_BYTES = 40_000;
const CONFIG = `
sources:
  many:
    url: many.hosts
    format: hosts
    category: ads_trackers
    update_frequency: daily
    description: Invented
`;

test("a service that is killed twice in its transaction publishes each domain once with its third try", async () => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-publication-"));
  await using kafka = await startKafka({ folder });
  const client = new Kafka({ clientId: "test", brokers: [kafka.servers], logLevel: logLevel.NOTHING });
  const admin = client.admin();
  const consumer = client.consumer({ groupId: "readers of what is committed" });
  /** Bytes of the topic on the broker's disk: no client tells of events that are not committed. */
  const written = async (): Promise<number> => {
    const topic = join(folder, "data", `${TOPIC}-0`);
    const logs = (await readdir(topic)).filter((name) => name.endsWith(".log"));
    const sizes = await Promise.all(logs.map(async (name) => (await stat(join(topic, name))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  try {
    await writeFile(join(folder, "many.yaml"), CONFIG);
    const lines = Array.from({ length: DOMAINS }, (_, n) => `0.0.0.0 host-${n}.invented-many.com\n`);
    await writeFile(join(folder, "many.hosts"), lines.join(""));
    await Promise.all([admin.connect(), consumer.connect()]);
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 1 }], waitForLeaders: true });

    for (let kill = 0; kill < 2; kill += 1) {
      const before = await written();
      const service = publish(folder, kafka.servers);
      await expect.poll(written, { interval: 20, timeout: 60_000 }).toBeGreaterThan(before + IN_FLIGHT_BYTES);
      service.process.kill("SIGKILL");
      await once(service.process, "close");
      expect(service.output(), "it was killed before its end").toBe("");
    }
    const third = publish(folder, kafka.servers);
    const givenUp = await written();
    const [code] = (await once(third.process, "close")) as [number];
    expect(code, third.output() + third.log()).toBe(0);
    const again = publish(folder, kafka.servers);
    await once(again.process, "close");
    expect(JSON.parse(again.output())).toMatchObject({ statistics: { domains_published: DOMAINS } });

    const seen: string[] = [];
    await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.key)) });
    await expect.poll(() => new Set(seen).size, { timeout: 60_000 }).toBe(DOMAINS);
    expect(seen).toHaveLength(DOMAINS);
    expect(givenUp, "the broker still has what was given up").toBeGreaterThan(2 * IN_FLIGHT_BYTES);
  } finally {
    await Promise.all([consumer.disconnect(), admin.disconnect()]);
    await rm(folder, { recursive: true, force: true });
  }
});

/** The ingestion service as the operator starts it, with small requests, so that its transaction takes a while. */
function publish(
  folder: string,
  servers: string,
): { readonly process: ChildProcess; readonly output: () => string; readonly log: () => string } {
  const args = [SERVICE, "--config", join(folder, "many.yaml"), "--kafka-servers", servers, "--batch-id", "one"];
  const child = spawn(process.execPath, args, { env: { ...process.env, KAFKA_BATCH_SIZE: "50" } });
  let output = "";
  let log = "";
  child.stdout.on("data", (text: Buffer) => (output += text.toString()));
  child.stderr.on("data", (text: Buffer) => (log = (log + text.toString()).slice(-4_000)));
  return { process: child, output: () => output, log: () => log };
}
