import { createServer as createHttp, type IncomingMessage } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { Secret, validateConnection, type Connection } from "@millrace/core";
import { afterEach, describe, expect, test } from "vitest";
import { createNetwork } from "../network/guarded-network.ts";
import { createConnectionTypes } from "./connection-types.ts";
import { STANDARD_CONNECTION_TYPES } from "./standard-types.ts";

const network = createNetwork({ privateAddresses: "allow", allowedHosts: [] });
const types = createConnectionTypes(STANDARD_CONNECTION_TYPES, network);

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
  const names = ["amqp", "redis", "ssh", "nobody_declares_it", "mongodb"];
  const found = new Map(await Promise.all(names.map(async (name) => [name, await types.find(name)] as const)));
  const validate = (connection: Connection) => () => validateConnection(connection, found.get(connection.type));
  expect(validate(at("amqp", 1, { extra: { ssl: "hunter2" } }))).toThrow(
    /^(?!.*hunter2).*extra.ssl must be one of true/,
  );
  expect(validate({ id: "it", type: "redis", extra: {} })).toThrow(/it needs host/);
  expect(validate(at("ssh", 1, { schema: "x" }))).toThrow(/it has no schema/);
  expect(validate(at("nobody_declares_it", 1))).not.toThrow();
  expect(validate(at("mongodb", 1))).not.toThrow();
});
