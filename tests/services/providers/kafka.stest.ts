import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatInstant, Secret, type Connection, type Context } from "@millrace/core";
import {
  ensureTopics,
  kafkaHealth,
  kafkaLag,
  kafkaProduce,
  kafkaTopics,
  openKafka,
  waitForMessage,
  type KafkaMessage,
} from "@millrace/provider-kafka";
import { provider } from "@millrace/provider-kafka/provider";
import { otherClient } from "../../harness/other-client.ts";
import { readCommitted } from "../../harness/read-committed.ts";
import { startKafka, type KafkaServer } from "../../servers/kafka.ts";

let folder: string;
let broker: KafkaServer;
let locked: KafkaServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-kafka-test-"));
  [broker, locked] = await Promise.all([
    startKafka({ folder }),
    startKafka({ sasl: { user: "millrace", password: "right-one" } }),
  ]);
});

afterAll(async () => {
  await Promise.all([broker[Symbol.asyncDispose](), locked[Symbol.asyncDispose]()]);
  await rm(folder, { recursive: true, force: true });
});

const LOG: Context["log"] = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  from: () => LOG,
};

function aContext(over: Partial<Context> = {}): Context {
  const context: Partial<Context> = {
    dagId: "orders",
    runId: "run-1",
    taskId: "kafka",
    mapIndex: -1,
    tryId: "1/kafka/-1/1",
    log: LOG,
    signal: new AbortController().signal,
    now: () => formatInstant(0),
    ...over,
  };
  return context as Context;
}

let made = 0;

/** A topic of the test's own. */
async function aTopic(partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
  const topic = `topic-${(made += 1)}`;
  await using kafka = await openKafka({ servers: broker.servers }, { ctx: aContext() });
  await ensureTopics(kafka, [{ topic, partitions, configs }], { ctx: aContext() });
  return topic;
}

interface SeenMessage {
  readonly partition: number;
  readonly offset: string;
  readonly key: string | undefined;
  readonly value: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** All messages of a topic as another client reads them. */
async function readAll(topic: string, count: number): Promise<readonly SeenMessage[]> {
  const kafka = new Kafka({ brokers: [broker.servers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `reader-of-${topic}`, maxWaitTimeInMs: 100 });
  const seen: SeenMessage[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      const headers = Object.entries(message.headers ?? {}).map(([name, text]) => [name, String(text)]);
      seen.push({
        partition,
        offset: message.offset,
        key: message.key?.toString(),
        value: message.value?.toString(),
        headers: Object.fromEntries(headers) as SeenMessage["headers"],
      });
    },
  });
  await expect.poll(() => seen.length).toBeGreaterThanOrEqual(count);
  await consumer.disconnect();
  return seen.toSorted((a, b) => a.partition - b.partition || Number(a.offset) - Number(b.offset));
}

async function produce(topic: string, messages: readonly KafkaMessage[], over: object = {}): Promise<unknown> {
  return await kafkaProduce.spec.run({ servers: broker.servers, topic, messages, ...over }, aContext());
}

const orders = (count: number): readonly KafkaMessage[] =>
  Array.from({ length: count }, (_, n) => ({ key: `k${n % 7}`, value: { n }, headers: { source: "test" } }));

const asPermanent = { name: "Permanent" };

describe("what is written", () => {
  test("is read by another client with keys, headers and order, where that client would have put it", async () => {
    const topic = await aTopic(3);
    const produced = await produce(topic, orders(500), { batchSize: 50 });
    const seen = await readAll(topic, 500);
    const counts = Map.groupBy(seen, ({ partition }) => String(partition));
    expect(produced).toEqual({
      sent: 500,
      skipped: 0,
      partitions: { [topic]: Object.fromEntries([...counts].map(([partition, list]) => [partition, list.length])) },
    });
    for (const list of counts.values()) {
      const numbers = list.map(({ value = "" }) => (JSON.parse(value) as { readonly n: number }).n);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    expect(seen.every(({ headers }) => headers["source"] === "test")).toBe(true);
    const other = new Kafka({ brokers: [broker.servers], logLevel: logLevel.NOTHING }).producer();
    await other.connect();
    for (const { key, partition } of seen.slice(0, 3).concat(seen.slice(-3))) {
      const [sent] = await other.send({ topic, messages: [{ key: key ?? "", value: "{}" }] });
      expect(sent?.partition).toBe(partition);
    }
    await other.disconnect();
  });

  test("lies compressed by gzip on the broker's disk", async () => {
    const topic = await aTopic();
    await produce(topic, orders(100));
    const segment = await readFile(join(folder, "data", `${topic}-0`, "00000000000000000000.log"));
    // The codec is in the three lowest bits of a batch's attributes; 1 is gzip.
    expect(segment.readInt16BE(21) & 7).toBe(1);
  });

  test("may be the lines of a file, with a field as key", async () => {
    const topic = await aTopic();
    const file = join(folder, "orders.jsonl");
    await writeFile(file, '{"id":"a","n":1}\n\n{"id":"b","n":2}\n');
    const context = aContext();
    await kafkaProduce.spec.run({ servers: broker.servers, topic, file, keyField: "id" }, context);
    const seen = await readAll(topic, 2);
    expect(seen.map(({ key, value }) => [key, value])).toEqual([
      ["a", '{"id":"a","n":1}'],
      ["b", '{"id":"b","n":2}'],
    ]);
    await writeFile(file, '{"id":"a"}\nnothing\n');
    await expect(
      kafkaProduce.spec.run({ servers: broker.servers, topic, file, keyField: "id" }, context),
    ).rejects.toMatchObject({ ...asPermanent, message: expect.stringContaining("orders.jsonl:2") as string });
  });

  test("comes from a generator as it makes it: a message waits only for the linger", async () => {
    const topic = await aTopic();
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    async function* messages(): AsyncGenerator<KafkaMessage> {
      yield { value: "first" };
      await gate;
      yield { value: "second" };
    }
    const ends = kafkaProduce.spec.run({ servers: broker.servers, topic, messages: () => messages() }, aContext());
    expect(await readAll(topic, 1)).toHaveLength(1);
    go();
    expect(await ends).toMatchObject({ sent: 2 });
  });

  test("leaves out or fails for what is too large or no JSON", async () => {
    const topic = await aTopic(1, { "max.message.bytes": "2000" });
    const noise = Array.from({ length: 4_000 }, () => Math.random().toString(36)[2]).join("");
    const mixed = [{ value: "a" }, { value: noise }, { value: undefined }, { value: "b" }];
    await expect(produce(topic, [{ value: noise }])).rejects.toMatchObject({
      ...asPermanent,
      message: expect.stringContaining("max.message.bytes") as string,
    });
    expect(await produce(topic, mixed, { onBadMessage: "skip" })).toMatchObject({ sent: 2, skipped: 2 });
    expect((await readAll(topic, 2)).map(({ value }) => value)).toEqual(["a", "b"]);
  });

  test("needs a topic that is there", async () => {
    await expect(produce("nowhere", orders(1))).rejects.toMatchObject({
      ...asPermanent,
      message: expect.stringContaining("no topic nowhere") as string,
    });
  });
});

test("who reads what is committed comes to the end of a topic of which nothing is", async () => {
  const [given, mixed, empty] = [await aTopic(2), await aTopic(1), await aTopic(1)];
  const producer = new Kafka({ brokers: [broker.servers], logLevel: logLevel.NOTHING }).producer({
    ...{ transactionalId: "gives-up", idempotent: true, maxInFlightRequests: 1 },
  });
  await producer.connect();
  for (const topic of [given, mixed]) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [0, 1].map((n) => ({ key: `k${n}`, value: "given up", partition: 0 })) });
    await transaction.abort();
  }
  await producer.disconnect();
  await produce(mixed, [{ value: "kept" }]);
  expect(await readCommitted(otherClient(broker.servers), [given, mixed, empty])).toEqual(["kept"]);
  expect(await readCommitted(otherClient(broker.servers), [given])).toEqual([]);
  expect(await readCommitted(otherClient(broker.servers), [empty])).toEqual([]);
});

describe("topics and groups", () => {
  test("topics are created once, grow, and are deleted once", async () => {
    const run = async (over: object): Promise<unknown> =>
      await kafkaTopics.spec.run(
        {
          servers: broker.servers,
          topics: [{ topic: "made", partitions: 2, configs: { "retention.ms": "60000" } }],
          ...over,
        },
        aContext(),
      );
    expect(await run({})).toMatchObject({ created: ["made"], existing: [] });
    expect(await run({})).toMatchObject({ created: [], existing: ["made"], grown: [] });
    const grow = { topics: [{ topic: "made", partitions: 3 }], grow: true };
    expect(await run(grow)).toMatchObject({ grown: ["made"] });
    expect(await run({ action: "delete" })).toMatchObject({ deleted: ["made"] });
    await expect.poll(async () => await run({ action: "delete" })).toMatchObject({ deleted: [] });
    await expect(run({ topics: [{ topic: "made", replicas: 3 }] })).rejects.toMatchObject(asPermanent);
  });

  test("health names missing topics, or creates them", async () => {
    const there = await aTopic();
    const run = async (over: object): Promise<unknown> =>
      await kafkaHealth.spec.run({ servers: broker.servers, topics: [there, "absent"], ...over }, aContext());
    await expect(run({})).rejects.toMatchObject({
      code: "TASK_FAILED",
      message: expect.stringContaining("misses the topics absent") as string,
    });
    expect(await run({ whenMissing: "create" })).toMatchObject({ status: "healthy", brokers: 1, created: ["absent"] });
    expect(await run({})).toMatchObject({ status: "healthy", topics: [there, "absent"], created: [] });
    await expect(run({ minBrokers: 2 })).rejects.toMatchObject({ code: "TASK_FAILED" });
  });

  test("lag is what a group has still to read", async () => {
    const topic = await aTopic(2);
    await produce(topic, orders(20));
    await readAll(topic, 20);
    await produce(topic, orders(5));
    const run = async (over: object = {}): Promise<unknown> =>
      await kafkaLag.spec.run({ servers: broker.servers, group: `reader-of-${topic}`, ...over }, aContext());
    expect(await run()).toMatchObject({ lag: 5 });
    expect(await run({ group: "nobody", topics: [topic] })).toMatchObject({ lag: 25 });
    await expect(run({ limit: 4 })).rejects.toMatchObject({ code: "TASK_FAILED" });
  });

  test("a message is found once by each instance, and again by its own retry", async () => {
    const topic = await aTopic(2);
    const look = async (runId: string, over: object = {}): Promise<unknown> => {
      const options = { servers: broker.servers, topic, group: `wait-${topic}`, pattern: "done", ...over };
      return await waitForMessage.spec.run(options, aContext({ runId }));
    };
    await produce(topic, [{ key: "a", value: "done before" }]);
    expect(await look("r1")).toBe(false);
    await produce(topic, [
      { key: "a", value: "begun" },
      { key: "a", value: "done 1", headers: { h: "1" } },
      { key: "a", value: "done 2" },
    ]);
    expect(await look("r1")).toMatchObject({ value: "done 1", key: "a", headers: { h: "1" } });
    expect(await look("r1")).toMatchObject({ value: "done 1" });
    expect(await look("r2")).toMatchObject({ value: "done 2" });
    expect(await look("r3")).toBe(false);
    await expect(look("r3", { pattern: "(" })).rejects.toMatchObject(asPermanent);
  });
});

describe("a login", () => {
  const connectionWith = (password: string): Connection => ({
    id: "kafka",
    type: "kafka",
    host: locked.servers,
    login: "millrace",
    password: new Secret(password),
    extra: { security_protocol: "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN" },
  });
  const trial = async (connection: Connection): Promise<string> => {
    const tools = { signal: new AbortController().signal, fetch, admit: async () => undefined };
    return (await provider.connectionTypes?.[0]?.trial(connection, tools)) ?? "";
  };

  test("that is right is told of with the brokers that it reaches", async () => {
    expect(await trial(connectionWith("right-one"))).toContain(`as millrace: the cluster`);
  });

  test("that is refused is an error at once, without the password in it", async () => {
    const refused = { ...asPermanent, message: expect.stringContaining("login was refused") as string };
    await expect(trial(connectionWith("wrong-one"))).rejects.toMatchObject(refused);
    const health = async (): Promise<unknown> =>
      await kafkaHealth.spec.run({ connection: connectionWith("wrong-one") }, aContext());
    const error: unknown = await health().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(refused);
    expect((error as Error).message).not.toContain("wrong-one");
  });

  test("that is missing is an error that says so", async () => {
    const run = kafkaHealth.spec.run({ servers: locked.servers, timeout: "2s" }, aContext());
    await expect(run).rejects.toMatchObject({
      code: "UNREACHABLE",
      message: expect.stringContaining("security_protocol") as string,
    });
  });
});

describe("a broker that fails", () => {
  test("by standing still is an error within the limit; what is being written is written once when it goes on", async () => {
    const topic = await aTopic();
    broker.pause();
    const health = kafkaHealth.spec.run({ servers: broker.servers, timeout: "2s" }, aContext());
    await expect(health).rejects.toMatchObject({ code: "TIMEOUT" });
    const ends = produce(topic, orders(10));
    broker.resume();
    expect(await ends).toMatchObject({ sent: 10 });
    expect(await readAll(topic, 10)).toHaveLength(10);
  });

  test("by stopping is an error within the limit; a stop of the task ends the wait at once", async () => {
    const topic = await aTopic();
    await broker.stop();
    await expect(produce(topic, orders(1), { timeout: "2s" })).rejects.toMatchObject({ code: "UNREACHABLE" });
    const stop = new AbortController();
    const ends = kafkaHealth.spec.run({ servers: broker.servers, timeout: "1m" }, aContext({ signal: stop.signal }));
    stop.abort(new Error("stopped by hand"));
    await expect(ends).rejects.toThrow("stopped by hand");
    await broker.restart();
    expect(await produce(topic, orders(3))).toMatchObject({ sent: 3 });
  });

  test("by being killed while messages are written loses none and doubles none", async () => {
    const topic = await aTopic();
    let killed: Promise<void> | undefined;
    async function* messages(): AsyncGenerator<KafkaMessage> {
      for (let n = 0; n < 3_000; n += 1) {
        yield { value: String(n) };
        if (n === 1_500) killed = broker.kill9().then(async () => await broker.restart());
      }
      await killed;
    }
    const options = { servers: broker.servers, topic, messages: () => messages(), batchSize: 100 };
    expect(await kafkaProduce.spec.run(options, aContext())).toMatchObject({ sent: 3_000 });
    const seen = (await readAll(topic, 3_000)).map(({ value }) => Number(value));
    expect(seen).toEqual(Array.from({ length: 3_000 }, (_, n) => n));
  });
});
