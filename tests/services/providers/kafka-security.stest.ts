// Every way into a broker that is guarded, and what is said to who comes by the wrong one.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatInstant, Secret, type Connection, type Context } from "@millrace/core";
import { kafkaHealth, kafkaLag, kafkaProduce, kafkaTopics, waitForMessage } from "@millrace/provider-kafka";
import { provider } from "@millrace/provider-kafka/provider";
import { makeAuthority, type Authority, type Certificate } from "../../servers/authority.ts";
import { startKafka, type KafkaServer } from "../../servers/kafka.ts";

const PASSWORD = "right-one";
const MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
const asPermanent = { name: "Permanent" };

let folder: string;
let authority: Authority;
let own: Certificate;
let broker: KafkaServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-kafka-security-"));
  authority = await makeAuthority(folder);
  own = await authority.issue("client");
  const certificate = await authority.issue("broker");
  broker = await startKafka({ security: { user: "ada", password: PASSWORD, authority, certificate } });
});

afterAll(async () => {
  await broker[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const lines: string[] = [];
const write = (message: string, fields: object = {}): void => void lines.push(`${message} ${inspect(fields)}`);
const LOG: Context["log"] = { debug: write, info: write, warn: write, error: write, from: () => LOG };

function aContext(): Context {
  const context: Partial<Context> = {
    ...{ dagId: "orders", runId: "run-1", taskId: "kafka", mapIndex: -1, tryId: "1/kafka/-1/1" },
    ...{ log: LOG, signal: new AbortController().signal, now: () => formatInstant(0) },
  };
  return context as Context;
}

function at(host: string, extra: Readonly<Record<string, string>>, over: Partial<Connection> = {}): Connection {
  return { id: "kafka", type: "kafka", host, extra: { "ssl.ca.pem": authority.ca, ...extra }, ...over };
}

const tls = (extra: Readonly<Record<string, string>> = {}): Connection =>
  at(broker.doors.tls, { security_protocol: "SSL", ...extra });
const mutual = (extra: Readonly<Record<string, string>> = {}): Connection =>
  at(broker.doors.mutual, { security_protocol: "SSL", ...extra });
const login = (mechanism: string, password: string, security_protocol = "SASL_SSL"): Connection =>
  at(
    broker.doors.login,
    { security_protocol, "sasl.mechanism": mechanism },
    { login: "ada", password: new Secret(password) },
  );

const health = async (connection: Connection, timeout: `${number}s` = "20s"): Promise<unknown> =>
  await kafkaHealth.spec.run({ connection, timeout }, aContext());

/** What is thrown, and within which time. */
async function refusal(run: Promise<unknown>): Promise<{ readonly error: Error; readonly ms: number }> {
  const startedAt = performance.now();
  const error: unknown = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  return { error: error as Error, ms: performance.now() - startedAt };
}

describe("who has what it takes is let in", () => {
  test("by a certificate of an authority that is named, also at an address", async () => {
    expect(await health(tls())).toMatchObject({ status: "healthy", brokers: 1 });
    expect(await health({ ...tls(), host: broker.doors.tls.replace("localhost", "127.0.0.1") })).toMatchObject({
      status: "healthy",
    });
    const files = { "ssl.ca.pem": "", "ssl.ca.location": authority.caFile };
    expect(await health(tls(files))).toMatchObject({ status: "healthy" });
  });

  test("by a certificate of its own where the broker wants one", async () => {
    const pem = { "ssl.certificate.pem": own.certificate, "ssl.key.pem": own.key };
    expect(await health(mutual(pem))).toMatchObject({ status: "healthy" });
  });

  test.each(MECHANISMS)("by a login with %s: the trial, topics, messages, lag and a group", async (mechanism) => {
    const connection = login(mechanism, PASSWORD);
    const tools = { signal: new AbortController().signal, fetch, admit: async () => undefined };
    expect(await provider.connectionTypes?.[0]?.trial(connection, tools)).toContain("as ada: the cluster");
    const topic = `orders-${mechanism}`;
    await kafkaTopics.spec.run({ connection, topics: [{ topic }] }, aContext());
    const seek = { connection, topic, group: `wait-${mechanism}`, pattern: "n" };
    expect(await waitForMessage.spec.run(seek, aContext())).toBe(false);
    const messages = [{ key: "a", value: { n: 1 } }];
    expect(await kafkaProduce.spec.run({ connection, topic, messages }, aContext())).toMatchObject({ sent: 1 });
    expect(await waitForMessage.spec.run(seek, aContext())).toMatchObject({ key: "a" });
    const lag = { connection, topics: [topic], group: "nobody" };
    expect(await kafkaLag.spec.run(lag, aContext())).toMatchObject({ lag: 1 });
    expect(await readOne(topic)).toBe('{"n":1}');
  });

  test("without a check of the certificate, or of its name, only where the connection says so", async () => {
    const unchecked = { "ssl.ca.pem": "", "enable.ssl.certificate.verification": "false" };
    expect(await health(tls(unchecked))).toMatchObject({ status: "healthy" });
    const other = { "ssl.server.name": "kafka.example" };
    await expect(health(tls(other))).rejects.toMatchObject(asPermanent);
    const noName = { ...other, "ssl.endpoint.identification.algorithm": "none" };
    expect(await health(tls(noName))).toMatchObject({ status: "healthy" });
  });
});

describe("who has not is told what to correct", () => {
  test.each(MECHANISMS)("a wrong password by %s is permanent, and is nowhere in what is said", async (mechanism) => {
    const { error, ms } = await refusal(health(login(mechanism, "wrong-one")));
    expect(error).toMatchObject({ ...asPermanent, message: expect.stringContaining("login was refused") as string });
    expect(ms).toBeLessThan(10_000);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("wrong-one");
  });

  test("a certificate of an authority that is not trusted is permanent", async () => {
    const { error, ms } = await refusal(health(tls({ "ssl.ca.pem": "" })));
    expect(error).toMatchObject({ ...asPermanent, message: expect.stringContaining("ssl.ca.pem") as string });
    expect(ms).toBeLessThan(10_000);
  });

  test("a certificate for another host is permanent", async () => {
    const { error } = await refusal(health(tls({ "ssl.server.name": "kafka.example" })));
    expect(error).toMatchObject({ ...asPermanent, message: expect.stringContaining("another host") as string });
  });

  test("a client without TLS at a port with TLS is told so at once", async () => {
    const { error, ms } = await refusal(health({ ...tls(), extra: {} }));
    expect(error).toMatchObject({ ...asPermanent, message: expect.stringContaining("security_protocol") as string });
    expect(ms).toBeLessThan(10_000);
  });

  test.each([
    ["a login without TLS at a port with TLS", () => login("PLAIN", PASSWORD, "SASL_PLAINTEXT")],
    ["TLS at a port without it", () => ({ ...tls(), host: broker.servers })],
    ["no certificate where one is wanted", () => mutual()],
  ])("%s is hung up on: an error within the limit that names the protocol", async (_, connection) => {
    const { error, ms } = await refusal(health(connection(), "1s"));
    expect(error).toMatchObject({
      code: "UNREACHABLE",
      message: expect.stringMatching(/security_protocol.*ssl\.certificate\.pem/) as string,
    });
    expect(ms).toBeLessThan(10_000);
  });

  test("a key of another certificate is found before the broker is asked", async () => {
    const other = await authority.issue("other");
    const { error } = await refusal(
      health(mutual({ "ssl.certificate.pem": own.certificate, "ssl.key.pem": other.key })),
    );
    expect(error).toMatchObject({ code: "BAD_ARGUMENT" });
    expect(inspect(error, { depth: 20 })).not.toContain("PRIVATE KEY");
  });

  test("a broker that stands still has refused no login", async () => {
    broker.pause();
    try {
      const { error } = await refusal(health(login("SCRAM-SHA-512", PASSWORD), "1s"));
      expect(error).toMatchObject({ code: expect.stringMatching(/TIMEOUT|UNREACHABLE/) as string });
    } finally {
      broker.resume();
    }
  });
});

test("no line of the log has had a secret in it", () => {
  expect(lines.length).toBeGreaterThan(0);
  for (const secret of [PASSWORD, "wrong-one", "PRIVATE KEY"]) expect(lines.join("\n")).not.toContain(secret);
});

/** The first message of a topic, as another client reads it by another login. */
async function readOne(topic: string): Promise<string | undefined> {
  const kafka = new Kafka({
    brokers: [broker.doors.login],
    logLevel: logLevel.NOTHING,
    ssl: { ca: [authority.ca] },
    sasl: { mechanism: "scram-sha-256", username: "ada", password: PASSWORD },
  });
  const consumer = kafka.consumer({ groupId: `reader-of-${topic}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  await consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) });
  const value = await promise;
  await consumer.disconnect();
  return value;
}
