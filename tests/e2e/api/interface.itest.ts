import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer, type ServerHarness } from "../../harness/server-harness.ts";

const SCRIPT = `document.title = "${"x".repeat(2_000)}";`;
let root: string;
let server: ServerHarness;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "millrace-ui-"));
  await mkdir(join(root, "built/static"), { recursive: true });
  const files = {
    "secret.txt": "not for anybody",
    "built/index.html": "<!doctype html><title>the interface</title>",
    "built/theme.js": "1;",
    "built/favicon.svg": "<svg/>",
    "built/static/index-abc.js": SCRIPT,
    "built/static/index-abc.js.br": brotliCompressSync(SCRIPT),
  };
  for (const [file, content] of Object.entries(files)) await writeFile(join(root, file), content);
  server = await startServer({ settings: { uiFolder: join(root, "built") } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const asBrowser = { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };

test.each([
  "/",
  "/dags",
  "/assets",
  "/dags/orders/grid?run=a%2Fb",
  "/dags/orders/runs/manual__2026-01-01T00:00:00+00:00",
])("%s is a page of the interface", async (path) => {
  const { status, text, headers } = await server.get(path, asBrowser);
  expect([status, text]).toEqual([200, "<!doctype html><title>the interface</title>"]);
  expect(headers["cache-control"]).toBe("no-cache");
});

test("its page lets a browser run scripts of this server alone, and no inline ones", async () => {
  const { headers } = await server.get("/", asBrowser);
  const policy = String(headers["content-security-policy"]).split(";");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
});

test("files that are named by their content are kept for a year, and come compressed to those who understand it", async () => {
  const plain = await server.get("/static/index-abc.js");
  expect([plain.status, plain.text]).toEqual([200, SCRIPT]);
  expect(plain.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  const packed = await server.get("/static/index-abc.js", { headers: { "accept-encoding": "br" } });
  expect(packed.headers["content-encoding"]).toBe("br");
  expect(packed.headers["content-type"]).toMatch("javascript");
});

test("a file that is not there is no page, so that an old tab sees that its parts are gone", async () => {
  expect((await server.get("/static/index-old.js")).status).toBe(404);
});

test.each(["/static/../../secret.txt", "/static/%2e%2e/%2e%2e/secret.txt", "/static/..%2f..%2fsecret.txt"])(
  "%s leads to no file outside of it",
  async (path) => {
    const { text } = await server.get(path);
    expect(text).not.toContain("not for anybody");
  },
);

test.each(["/api/v1/nothing", "/api/millrace/v1/nothing", "/auth/nothing"])(
  "%s stays a problem in JSON",
  async (path) => {
    const { status, json } = await server.get(path, asBrowser);
    expect([status, json.status]).toEqual([404, 404]);
  },
);

test("what asks for JSON gets no page", async () => {
  expect((await server.get("/dags", { headers: { accept: "application/json" } })).status).toBe(404);
});

test("without a built interface the first page is that of the API", async () => {
  await using bare = await startServer({ settings: { uiFolder: join(root, "nowhere") } });
  const { status, headers } = await bare.get("/", asBrowser);
  expect([status, headers["location"]]).toEqual([302, "/api"]);
});

test("beside it, errors of the APIs are told in the APIs' words", async () => {
  expect(await server.get("/api/millrace/v1/dags/none")).toMatchObject({
    status: 404,
    json: { status: 404, code: "NOT_FOUND", detail: "there is no DAG none" },
  });
  expect((await server.get("/api/v1/dags/none")).json).toMatchObject({ status: 404, title: "DAG not found" });
});
