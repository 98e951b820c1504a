import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { startServer, type ServerHarness } from "../../harness/server-harness.ts";

const TLS = join(import.meta.dirname, "../../fixtures/tls");
const cert = readFileSync(join(TLS, "localhost.crt"), "utf8");
const key = readFileSync(join(TLS, "localhost.key"), "utf8");

let server: ServerHarness;
afterEach(async () => await server[Symbol.asyncDispose]());

async function listen(settings: NonNullable<Parameters<typeof startServer>[0]>["settings"] = {}): Promise<number> {
  server = await startServer({ settings });
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  return (server.app.server.address() as { port: number }).port;
}

/** All that a socket says until it is closed. */
async function said(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (part: string) => (text += part));
  socket.on("error", () => undefined);
  await once(socket, "close");
  return text;
}

test("a client that sends its headers too slowly is let go", async () => {
  const port = await listen({ requestTimeoutMs: 1_000 });
  const socket = connect(port, "127.0.0.1");
  socket.write("GET /api/v1/version HTTP/1.1\r\nHost: localhost\r\n");
  expect(await said(socket)).toMatch(/^HTTP\/1\.1 408 /);
});

test("a client that sends its body too slowly is let go", async () => {
  const port = await listen({ requestTimeoutMs: 1_000 });
  const socket = connect(port, "127.0.0.1");
  socket.write(
    "POST /api/v1/pools HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
  );
  expect(await said(socket)).toMatch(/^HTTP\/1\.1 408 /);
});

test("headers and queries that are too long are refused before anything is read", async () => {
  const port = await listen();
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET /api/v1/dags?order_by=${"x".repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  expect(await said(socket)).toMatch(/^HTTP\/1\.1 431 /);
});

test("with a certificate it speaks HTTPS", async () => {
  const port = await listen({ tls: { cert, key } });
  const status = await new Promise<number | undefined>((fulfil, reject) => {
    const sent = request({ host: "127.0.0.1", port, path: "/api/v1/version", ca: cert }, (response) => {
      response.resume();
      fulfil(response.statusCode);
    });
    sent.once("error", reject).end();
  });
  expect(status).toBe(200);
});

test("a server that stops finishes the request that it has, and takes no other", async () => {
  const port = await listen();
  const socket = connect(port, "127.0.0.1");
  const body = JSON.stringify({ name: "late", slots: 1 });
  socket.write(
    `POST /api/v1/pools HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  );
  const text = said(socket);
  // The server has it once a later request of another connection was answered.
  expect((await fetch(`http://127.0.0.1:${port}/api/v1/version`)).status).toBe(200);
  const closed = server.app.close();
  socket.write(body.slice(5));
  expect(await text).toMatch(/^HTTP\/1\.1 200 /);
  await closed;
  await expect(fetch(`http://127.0.0.1:${port}/api/v1/version`)).rejects.toThrow();
});
