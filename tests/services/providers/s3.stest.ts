import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret, type Connection } from "millrace";
import { testOperator } from "millrace/testing";
import {
  openS3,
  s3Copy,
  s3Delete,
  s3Download,
  s3List,
  s3Presign,
  s3Upload,
  waitForObject,
  type ListedObjects,
} from "@millrace/provider-s3";
import { provider } from "@millrace/provider-s3/provider";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startMoto, startS3rver, type S3Server } from "../../servers/s3.ts";

const LARGE_BYTES = 20 * 1_048_576;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-s3-"));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const connectionOf = (server: S3Server, more: Partial<Connection> = {}): Connection => ({
  id: "lake",
  type: "aws",
  login: server.accessKeyId,
  password: new Secret(server.secretAccessKey),
  schema: server.bucket,
  extra: { endpoint_url: server.endpoint },
  ...more,
});

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe.each([
  ["s3rver", startS3rver],
  ["moto", startMoto],
])("a store of %s", (_name, start) => {
  let server: S3Server;
  let connection: Connection;
  beforeAll(async () => {
    server = await start();
    connection = connectionOf(server);
    // The first time on a machine PyPI brings moto.
  }, 300_000);
  afterAll(async () => await server?.[Symbol.asyncDispose]());

  const keysOf = async (prefix: string): Promise<readonly string[]> => {
    const { result } = await testOperator(s3List({ connection, prefix }));
    return (result as ListedObjects).objects.map(({ key }) => key);
  };

  const look = async (options: object): Promise<unknown> => {
    const ctx = { signal: new AbortController().signal, connection: async () => connection };
    return await waitForObject.spec.run({ connection, ...options } as never, ctx as never);
  };

  test("a file of several parts goes up and comes down byte for byte, and a second time changes nothing", async () => {
    const bytes = randomBytes(LARGE_BYTES);
    const [up, down] = [join(folder, "up.bin"), join(folder, "below/down.bin")];
    await writeFile(up, bytes);
    for (let round = 0; round < 2; round += 1)
      expect(await testOperator(s3Upload({ connection, key: "large/up.bin", file: up }))).toMatchObject({
        state: "success",
        result: { url: "s3://lake/large/up.bin", sizeBytes: LARGE_BYTES },
      });
    expect(await keysOf("large/")).toEqual(["large/up.bin"]);
    const read = await testOperator(s3Download({ connection, key: "s3://lake/large/up.bin", file: down }));
    expect(read).toMatchObject({ state: "success", result: { sizeBytes: LARGE_BYTES } });
    expect(sha256(await readFile(down))).toBe(sha256(bytes));
    expect(await readdir(join(folder, "below"))).toEqual(["down.bin"]);
  });

  test("texts and JSON have their types and metadata, and a checksum is accepted", async () => {
    const metadata = { source: "shop" };
    const key = "small/a b+ü.json";
    const written = await testOperator(s3Upload({ connection, key, json: { total: 7 }, metadata, checksum: "sha256" }));
    expect(written).toMatchObject({ state: "success", result: { sizeBytes: 11 } });
    const address = await testOperator(s3Presign({ connection, key, expiresIn: "5m" }));
    const answer = await fetch(String(address.result));
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.headers.get("x-amz-meta-source")).toBe("shop");
    expect(await answer.json()).toEqual({ total: 7 });
    await testOperator(s3Upload({ connection, key: "small/empty.txt", text: "" }));
    expect((await testOperator(s3List({ connection, pattern: "small/*.txt" }))).result).toMatchObject({
      objects: [{ key: "small/empty.txt", sizeBytes: 0 }],
    });
  });

  test("a presigned address writes as well", async () => {
    const address = await testOperator(s3Presign({ connection, key: "small/put.txt", method: "put" }));
    expect((await fetch(String(address.result), { method: "PUT", body: "by address" })).status).toBe(200);
    await testOperator(s3Download({ connection, key: "small/put.txt", file: join(folder, "put.txt") }));
    expect(await readFile(join(folder, "put.txt"), "utf8")).toBe("by address");
  });

  test("more objects than a page has are listed, copied and deleted by prefix, and what is gone is no error", async () => {
    await using s3 = await openS3(connection);
    const keys = Array.from({ length: 1_005 }, (_, number) => `many/${String(number).padStart(4, "0")}`);
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(keys.slice(at, at + 50).map((key) => s3.write({ bucket: "lake", key }, key)));
    expect((await Array.fromAsync(s3.list("lake", "many/"))).map(({ key }) => key)).toEqual(keys);
    expect(await testOperator(s3List({ connection, prefix: "many/" }))).toMatchObject({
      state: "failed",
      code: "TOO_LARGE",
    });
    const copied = await testOperator(s3Copy({ connection, from: "many/0007", to: "copies/a b.txt" }));
    expect(copied).toMatchObject({ state: "success", result: { sizeBytes: 9 } });
    for (const deleted of [1_005, 0])
      expect(await testOperator(s3Delete({ connection, prefix: "many/" }))).toMatchObject({ result: { deleted } });
    expect(await keysOf("many/")).toEqual([]);
    await testOperator(s3Delete({ connection, keys: ["copies/a b.txt", "never/was"] }));
    expect(await keysOf("copies/")).toEqual([]);
  });

  test("the sensor waits for a key, for enough of a pattern, for size and for age", async () => {
    expect(await look({ key: "in/a.csv" })).toBe(false);
    expect(await look({ key: "in/*.csv" })).toBe(false);
    await testOperator(s3Upload({ connection, key: "in/a.csv", text: "a" }));
    expect(await look({ key: "in/a.csv" })).toMatchObject({
      bucket: "lake",
      objects: [{ key: "in/a.csv", sizeBytes: 1 }],
    });
    expect(await look({ key: "in/*.csv", minCount: 2 })).toBe(false);
    expect(await look({ key: "in/a.csv", minSizeBytes: 2 })).toBe(false);
    expect(await look({ key: "in/a.csv", modifiedAfter: "2100-01-01T00:00:00Z" })).toBe(false);
    await testOperator(s3Upload({ connection, key: "in/b.csv", text: "b" }));
    expect(await look({ key: "s3://lake/in/*.csv", minCount: 2 })).toMatchObject({ objects: [{}, {}] });
  });

  test("a missing object, a missing bucket and a wrong content are refused with what to do", async () => {
    const missing = await testOperator(s3Download({ connection, key: "no/such", file: join(folder, "no") }));
    expect(missing).toMatchObject({ state: "failed" });
    expect(missing.reason).toMatch(
      /refuses to read s3:\/\/lake\/no\/such at 127.* with the connection lake \(NoSuchKey\)/,
    );
    expect(existsSync(join(folder, "no"))).toBe(false);
    for (const key of ["a", "a*"])
      await expect(look({ bucket: "nowhere", key })).rejects.toThrow(
        /refuses (for the bucket|to list s3:\/\/)?.*nowhere/,
      );
    const none = await testOperator(s3Upload({ connection, bucket: "nowhere", key: "a", text: "a" }));
    expect(none.reason).toMatch(/NoSuchBucket.*create it/);
    expect((await testOperator(s3Upload({ connection, key: "a" }))).reason).toMatch(/exactly one of/);
  });

  test("the trial of a connection reads the bucket, or the list of buckets", async () => {
    const [type] = provider.connectionTypes ?? [];
    const tools = { signal: AbortSignal.timeout(20_000), fetch, admit: async () => undefined };
    expect(await type?.trial(connection, tools)).toMatch(/the bucket lake at 127.* can be read/);
    const { schema: _bucket, ...withoutBucket } = connection;
    expect(await type?.trial(withoutBucket, tools)).toMatch(/list of buckets .* 1 buckets/);
    await expect(type?.trial(connectionOf(server, { schema: "nowhere" }), tools)).rejects.toThrow(/nowhere/);
  });

  test("a store that is gone is UNREACHABLE, and serves again when it is back", async () => {
    await server.stop();
    try {
      const gone = await testOperator(s3Upload({ connection, key: "back/a.txt", text: "a" }));
      expect(gone).toMatchObject({ state: "failed", code: "UNREACHABLE" });
      expect(gone.reason).toMatch(/to write s3:\/\/lake\/back\/a.txt at 127.*ECONNREFUSED/);
    } finally {
      await server.start();
    }
    const again = await testOperator(s3Upload({ connection, key: "back/a.txt", text: "a" }));
    expect(again).toMatchObject({ state: "success" });
  });

  test("a store that hangs is TIMEOUT, and the same client goes on when it answers again", async () => {
    await using s3 = await openS3(connection, { timeoutMs: 1_000 });
    server.pause();
    try {
      await expect(s3.checkBucket("lake")).rejects.toMatchObject({ code: "TIMEOUT" });
    } finally {
      server.resume();
    }
    await expect.poll(async () => await s3.checkBucket("lake").then(() => "fine")).toBe("fine");
  });
});

test("a wrong key is refused for good, of operators and of the trial, and no secret is told", async () => {
  await using server = await startS3rver();
  const [type] = provider.connectionTypes ?? [];
  const tools = { signal: AbortSignal.timeout(20_000), fetch, admit: async () => undefined };
  const unknown = connectionOf(server, { login: "NOBODY", password: new Secret("a secret of nobody") });
  const refused = await testOperator(s3List({ connection: unknown }));
  expect(refused).toMatchObject({ state: "failed" });
  expect(refused.reason).toMatch(/InvalidAccessKeyId.*does not know the access key/);
  expect(JSON.stringify(refused)).not.toContain("a secret of nobody");
  await expect(type?.trial(unknown, tools)).rejects.toThrow(/refuses/);
});
