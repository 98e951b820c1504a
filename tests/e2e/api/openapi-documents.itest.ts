import { Script } from "node:vm";
import { expect, test } from "vitest";
import { aCaller, startServer } from "../../harness/server-harness.ts";

test("both documents are served to everybody, name every operation that is served, and the page needs nothing from outside", async () => {
  await using server = await startServer();
  const as = aCaller();
  const own = await server.get("/api/millrace/v1/openapi.json", { as });
  expect(own).toMatchObject({ status: 200, json: { openapi: "3.1.0", servers: [{ url: "/api/millrace/v1" }] } });
  const v1 = await server.get("/api/v1/openapi.json", { as });
  expect(v1.json).toMatchObject({ openapi: "3.1.0", info: { version: "0.0.0-test" }, servers: [{ url: "/api/v1" }] });
  expect(Object.keys(v1.json.paths as object)).toHaveLength(62);
  // What a document names is served: nothing answers that there is nothing at this path.
  for (const path of Object.keys(own.json.paths as object).filter((each) => !each.includes("{")))
    expect((await server.request("PUT", `/api/millrace/v1${path}`)).status, path).not.toBe(404);
  const page = await server.get("/api", { as });
  expect(page.headers["content-type"]).toMatch("text/html");
  expect(String(page.headers["content-security-policy"])).toMatch("script-src 'self'");
  const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source);
  expect(sources.length).toBeGreaterThan(2);
  for (const source of sources) expect(await server.get(source, { as }), source).toMatchObject({ status: 200 });
  expect(page.text).not.toMatch(/https?:|<script>|style=|onclick/);
  const script = await server.get("/api/page.js", { as });
  expect(() => new Script(script.text)).not.toThrow();
  expect(script.text).not.toMatch(/innerHTML|eval\(/);
});
