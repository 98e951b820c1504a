import { createServer as createHttp, type IncomingMessage } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { Secret, validateConnection, type Connection } from "@millrace/core";
import { afterEach, describe, expect, test } from "vitest";
import { createNetwork } from "../network/guarded-network.ts";
import { createConnectionTypes } from "./connection-types.ts";
import { standardConnectionTypes } from "./standard-types.ts";

const network = createNetwork({ privateAddresses: "allow", allowedHosts: [] });
const types = createConnectionTypes(
  standardConnectionTypes(() => 1_440_938_160_000_000),
  network,
);

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that answers each piece of what it hears. */
async function talking(answer: (said: Buffer) => string | Buffer | undefined, greeting = ""): Promise<number> {
  return await listen(
    createServer((socket) => {
      socket.on("error", () => undefined);
      if (greeting !== "") socket.write(greeting);
      socket.on("data", (said) => {
        const reply = answer(said);
        if (reply !== undefined) socket.write(reply);
      });
    }),
  );
}

async function http(answer: (request: IncomingMessage) => readonly [number, string]): Promise<number> {
  return await listen(
    createHttp((request, response) => {
      const [status, text] = answer(request);
      response.writeHead(status).end(text);
    }),
  );
}

const at = (type: string, port: number, more: Partial<Connection> = {}): Connection => ({
  id: "it",
  type,
  host: "127.0.0.1",
  port,
  extra: {},
  ...more,
});
const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as string;
const PASSWORD = new Secret("hunter2hunter2");

describe("a trial", () => {
  test("of Kafka asks the brokers one after the other which requests they know", async () => {
    const port = await talking((said) => {
      expect([said.readInt32BE(0), said.readInt16BE(4)]).toEqual([said.length - 4, 18]);
      const answer = Buffer.alloc(20);
      answer.writeInt32BE(16, 0);
      answer.writeInt32BE(said.readInt32BE(8), 4);
      answer.writeInt32BE(1, 10);
      return answer;
    });
    const { port: _, ...connection } = at("kafka", 0, { host: `127.0.0.1:1,127.0.0.1:${port}` });
    expect(await types.test(connection)).toEqual({
      ok: true,
      message: `127.0.0.1:${port} is a Kafka broker that knows 1 requests (the login was not tried)`,
    });
    const other = await talking(() => "HTTP/1.1 400 Bad Request\r\n\r\n", "");
    expect(await types.test(at("kafka", other))).toMatchObject({ ok: false, message: matching(/another protocol/) });
  });

  test("of MongoDB says hello, also where the host is a whole address", async () => {
    const port = await talking((said) => {
      expect([said.readInt32LE(0), said.readInt32LE(12)]).toEqual([said.length, 2013]);
      const body = Buffer.from("\0\0\0\0\0....maxWireVersion...");
      const head = Buffer.alloc(16);
      head.writeInt32LE(16 + body.length, 0);
      head.writeInt32LE(2013, 12);
      return Buffer.concat([head, body]);
    });
    const { port: _, ...connection } = at("mongodb", 0, { host: `mongodb://me:hunter2hunter2@127.0.0.1:${port}/base` });
    expect(await types.test(connection)).toMatchObject({ ok: true });
  });

  test("of SSH reads the banner", async () => {
    const port = await talking(() => undefined, "SSH-2.0-OpenSSH_9.9\r\n");
    expect(await types.test(at("sftp", port))).toMatchObject({ ok: true, message: matching(/OpenSSH_9.9/) });
    const other = await talking(() => undefined, "220 mail\r\n");
    expect(await types.test(at("ssh", other))).toMatchObject({ ok: false, message: matching(/is no SSH server/) });
  });

  test("of mail logs in, and tells what the server says without the password", async () => {
    const heard: string[] = [];
    const port = await talking((said) => {
      heard.push(String(said));
      if (String(said).startsWith("EHLO")) return "250-mail\r\n250 AUTH PLAIN\r\n";
      return String(said).startsWith("AUTH") ? "535 hunter2hunter2 is wrong\r\n" : "250 fine\r\n";
    }, "220 mail\r\n");
    expect(await types.test(at("email", port, { login: "ann", password: PASSWORD }))).toEqual({
      ok: false,
      message: "AUTH is answered with: 535 *** is wrong",
    });
    expect(heard.at(-1)).toContain(Buffer.from("\0ann\0hunter2hunter2").toString("base64"));
    expect(await types.test(at("smtp", port))).toMatchObject({ ok: true });
  });

  test("of HTTP takes a refused login and a failing server for what they are, and 404 for an answer", async () => {
    const answers: Record<string, number> = { "/": 404, "/bad": 503 };
    const port = await http(({ url = "", headers }) => [headers.authorization ? 401 : (answers[url] ?? 200), ""]);
    expect(await types.test(at("http", port))).toMatchObject({ ok: true, message: matching(/→ 404$/) });
    const { port: _, ...bad } = at("http", 0, { host: `http://127.0.0.1:${port}/bad` });
    expect(await types.test(bad)).toMatchObject({ ok: false, message: matching(/the server fails/) });
    expect(await types.test(at("http", port, { login: "ann", password: PASSWORD }))).toMatchObject({
      ok: false,
      message: matching(/the login is refused/),
    });
    expect(await types.test(at("http", 3))).toMatchObject({ ok: false, message: matching(/ECONNREFUSED/) });
  });

  test("of S3 signs its request", async () => {
    const seen: IncomingMessage[] = [];
    const port = await http((request) => {
      seen.push(request);
      return request.url === "/" ? [403, "<Error><Code>InvalidAccessKeyId</Code></Error>"] : [200, ""];
    });
    const keys = { login: "AKID", password: PASSWORD, extra: { endpoint_url: `http://127.0.0.1:${port}` } };
    const { host: _h, port: _p, ...connection } = at("aws", 0, keys);
    expect(await types.test(connection)).toMatchObject({ ok: false, message: matching(/403 InvalidAccessKeyId/) });
    expect(await types.test({ ...connection, schema: "bucket" })).toMatchObject({ ok: true });
    expect(seen.map(({ method, url }) => `${method ?? ""} ${url ?? ""}`)).toEqual(["GET /", "HEAD /bucket"]);
    expect(seen[0]?.headers["x-amz-date"]).toBe("20150830T123600Z");
    expect(seen[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/20150830\/us-east-1\/s3\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
  });

  test("of Slack asks who the token is", async () => {
    const port = await http(({ headers }) => [
      200,
      headers.authorization === "Bearer xoxb-good"
        ? '{"ok":true,"user":"bot","team":"us"}'
        : '{"ok":false,"error":"invalid_auth"}',
    ]);
    const { port: _, ...slack } = at("slack", 0, { host: `http://127.0.0.1:${port}` });
    expect(await types.test({ ...slack, password: new Secret("xoxb-good") })).toMatchObject({ ok: true });
    expect(await types.test({ ...slack, password: PASSWORD })).toMatchObject({
      ok: false,
      message: matching(/invalid_auth/),
    });
    const hooks = await http(({ url }) => (url === "/T0/B0/good" ? [400, "no_text"] : [404, "no_service"]));
    const { port: _hook, ...webhook } = at("slackwebhook", 0, { host: `http://127.0.0.1:${hooks}` });
    expect(await types.test({ ...webhook, password: new Secret("T0/B0/good") })).toMatchObject({ ok: true });
    expect(await types.test({ ...webhook, password: new Secret("T0/B0/bad") })).toMatchObject({ ok: false });
  });

  test("of a type without a protocol tries the address, and needs a port", async () => {
    const port = await talking(() => undefined);
    expect(await types.test(at("whatever", port))).toMatchObject({
      ok: true,
      message: matching(/the login was not tried/),
    });
    const { port: _, ...connection } = at("whatever", port);
    expect(await types.test(connection)).toMatchObject({ ok: false, message: matching(/has no port to try/) });
  });

  test("ends when nobody waits for it any more", async () => {
    const port = await talking(() => undefined);
    const gone = new AbortController();
    const trial = types.test(at("redis", port), gone.signal);
    gone.abort(new Error("gone"));
    expect(await trial).toEqual({ ok: false, message: "gone" });
  });
});

test("a connection must fit the form of its type; what it says is quoted nowhere", async () => {
  const names = ["kafka", "redis", "slack", "nobody_declares_it", "mongodb"];
  const found = new Map(await Promise.all(names.map(async (name) => [name, await types.find(name)] as const)));
  const validate = (connection: Connection) => () => validateConnection(connection, found.get(connection.type));
  expect(validate(at("kafka", 1, { extra: { security_protocol: "hunter2" } }))).toThrow(
    /^(?!.*hunter2).*extra.security_protocol must be one of PLAINTEXT/,
  );
  expect(validate({ id: "it", type: "redis", extra: {} })).toThrow(/it needs host/);
  expect(validate(at("slack", 1, { password: PASSWORD }))).toThrow(/it has no port/);
  expect(validate(at("nobody_declares_it", 1))).not.toThrow();
  expect(validate(at("mongodb", 1))).not.toThrow();
});
