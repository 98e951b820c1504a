import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startEngine, type EngineHarness } from "../../harness/engine-harness.ts";
import { startKafka, type KafkaServer } from "../../servers/kafka.ts";

vi.setConfig({ testTimeout: 300_000 });

let broker: KafkaServer;
let engine: EngineHarness;
/** Of the test that leaves files and offsets behind. */
let attempts = 0;

beforeAll(async () => {
  [broker, engine] = await Promise.all([startKafka(), startEngine()]);
});

afterAll(async () => {
  await Promise.all([broker[Symbol.asyncDispose](), engine.stop()]);
});

const client = (): Kafka => new Kafka({ brokers: [broker.servers], logLevel: logLevel.NOTHING });

/** Makes a topic and writes values to it. */
async function write(topic: string, values: readonly string[]): Promise<void> {
  const admin = client().admin();
  const producer = client().producer();
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  if (values.length > 0) await producer.send({ topic, messages: values.map((value) => ({ key: "k", value })) });
  await Promise.all([admin.disconnect(), producer.disconnect()]);
}

/** The offset that a group has committed. */
async function committed(group: string, topic: string): Promise<number> {
  const admin = client().admin();
  await admin.connect();
  const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  await admin.disconnect();
  return Number(found?.partitions[0]?.offset ?? -1);
}

/** A DAG that starts runs from a topic, and the one whose runs they are, which takes `{ n: integer }`. */
function dagsFor(topic: string, options = "", retries = 0): string {
  return `
    import { existsSync, writeFileSync } from "node:fs";
    import { setTimeout as sleep } from "node:timers/promises";
    import { dag, param } from "@millrace/core";
    import { startRunsFromTopic } from "@millrace/provider-kafka";

    const folder = ${JSON.stringify(engine.dataFolder)};
    const confAtTheGate = async ({ value }) => {
      writeFileSync(folder + "/pid", String(process.pid));
      while (!existsSync(folder + "/gate")) await sleep(20);
      return JSON.parse(value);
    };

    export const follower = dag("follow", { start: "2025-01-01" }, ({ task }) => {
      task("follow", { retries: ${retries}, retryDelay: "1s" }, startRunsFromTopic({
        servers: "${broker.servers}", topic: "${topic}", group: "runs-of-${topic}", dagId: "handle", prefix: "${topic}",
        sessionTimeout: "6s", idle: "3s", ${options}
      }));
    });

    export const handler = dag("handle", { start: "2025-01-01", params: { n: param(0, { type: "integer" }) } }, ({ task }) => {
      task("take", (_, ctx) => ctx.params.n);
    });
  `;
}

/** Ids of the runs that messages of a topic have started. */
async function runsOf(topic: string): Promise<readonly string[]> {
  const { items } = await engine.store.queries.listRuns({ dagId: "handle" });
  return items
    .map(({ runKey }) => runKey)
    .filter((runKey) => runKey.startsWith(`${topic}__`))
    .toSorted();
}

describe("runs from a topic", () => {
  test("each message starts one run; the next follower finds nothing", async () => {
    await write("plain", ['{"n":1}', '{"n":2}', '{"n":3}']);
    await engine.deploy(dagsFor("plain"));
    const first = await engine.trigger("follow");
    expect(await engine.ended(first.runId)).toBe("success");
    expect(await runsOf("plain")).toEqual(["plain__plain__0__0", "plain__plain__0__1", "plain__plain__0__2"]);
    expect(await committed("runs-of-plain", "plain")).toBe(3);
    const second = await engine.trigger("follow");
    expect(await engine.ended(second.runId)).toBe("success");
    expect(await runsOf("plain")).toHaveLength(3);
  });

  test("messages of transactions that were given up start none, also where one writer gave up several", async () => {
    await write("given-up", []);
    const writer = { transactionalId: "gives-up-twice", idempotent: true, maxInFlightRequests: 1 };
    const producer = client().producer(writer);
    await producer.connect();
    for (const values of [['{"n":1}', '{"n":2}'], ['{"n":3}'], ['{"n":4}']]) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: "given-up", messages: values.map((value) => ({ key: "k", value })) });
      await (values.includes('{"n":4}') ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    await engine.deploy(dagsFor("given-up"));
    expect(await engine.ended((await engine.trigger("follow")).runId)).toBe("success");
    // Each end of a transaction takes an offset, too.
    expect(await runsOf("given-up")).toEqual(["given-up__given-up__0__5"]);
  });

  test("a bad message stays where it is, is left out, or goes to another topic", async () => {
    await write("bad", ['{"n":1}', "no JSON", '{"n":"text"}', '{"n":4}']);
    await write("dead-letters", []);
    const follow = async (options: string): Promise<string> => {
      await engine.deploy(dagsFor("bad", options));
      return await engine.ended((await engine.trigger("follow")).runId);
    };
    expect(await follow("")).toBe("failed");
    expect(await committed("runs-of-bad", "bad")).toBe(1);
    expect(await follow('onBadMessage: { deadLetterTopic: "dead-letters" }')).toBe("success");
    expect(await committed("runs-of-bad", "bad")).toBe(4);
    expect(await runsOf("bad")).toEqual(["bad__bad__0__0", "bad__bad__0__3"]);
    const admin = client().admin();
    await admin.connect();
    expect(await admin.fetchTopicOffsets("dead-letters")).toMatchObject([{ high: "2" }]);
    await admin.disconnect();
  });

  test("a worker that is killed between the runs and the commit makes no second run", async () => {
    const topic = `crash-${(attempts += 1)}`;
    const [pidFile, gate] = ["pid", "gate"].map((name) => join(engine.dataFolder, name));
    await Promise.all([pidFile, gate].map((file) => rm(file, { force: true })));
    await write(topic, ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}', '{"n":5}']);
    // A try that dies alone in its process pays for it, one that dies beside others does not: the runs that it has started may still be beside it, or have ended.
    await engine.deploy(dagsFor(topic, "conf: confAtTheGate", 1));
    const { runId } = await engine.trigger("follow");
    await expect.poll(async () => await readFile(pidFile, "utf8").catch(() => "")).not.toBe("");
    // The messages are read; from now on the broker takes no commit.
    broker.pause();
    await writeFile(gate, "");
    await expect.poll(async () => (await runsOf(topic)).length).toBe(5);
    process.kill(Number(await readFile(pidFile, "utf8")), "SIGKILL");
    broker.resume();
    expect(await engine.ended(runId)).toBe("success");
    expect(await runsOf(topic)).toHaveLength(5);
    expect(await committed(`runs-of-${topic}`, topic)).toBe(5);
  });
});
