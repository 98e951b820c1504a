import { readFileSync } from "node:fs";
import { ENGINE_METRICS } from "@millrace/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishMetrics } from "@millrace/engine";
import { aCaller, startServer, type ServerHarness } from "../../harness/server-harness.ts";

const DAG = `
import { dag } from "@millrace/core";
export default dag("measured", {}, ({ task }) => {
  task("good", () => 1);
  task("bad", () => { throw new Error("no"); });
});`;

let server: ServerHarness;
beforeAll(async () => {
  server = await startServer();
  await server.engine.deploy(DAG);
  const { runId } = await server.engine.trigger("measured");
  await server.engine.ended(runId);
});
afterAll(async () => await server[Symbol.asyncDispose]());

/** Saves what the scheduler knows now, and reads the page. */
async function scrape(): Promise<string> {
  const stored = server.engine.scheduler.metrics();
  if (stored) await server.ports.metrics.save(stored);
  return (await server.get("/metrics")).text;
}

const valueOf = (text: string, sample: string): number =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${sample} `))
      ?.split(" ")[1],
  );

test("one scrape of a server has what its schedulers did, told apart by their ids", async () => {
  const text = await scrape();
  const scheduler = `scheduler="${server.engine.scheduler.schedulerId}"`;
  expect(valueOf(text, `millrace_runs_ended_total{${scheduler},state="failed"}`)).toBe(1);
  expect(valueOf(text, `millrace_runs_created_total{${scheduler},type="manual"}`)).toBe(1);
  expect(valueOf(text, `millrace_task_ends_total{${scheduler},state="success"}`)).toBe(1);
  expect(valueOf(text, `millrace_task_ends_total{${scheduler},state="failed"}`)).toBe(1);
  expect(valueOf(text, `millrace_task_duration_seconds_count{${scheduler},state="success"}`)).toBe(1);
  expect(valueOf(text, `millrace_run_duration_seconds_bucket{${scheduler},state="failed",le="+Inf"}`)).toBe(1);
  expect(valueOf(text, `millrace_scheduler_ticks_total{${scheduler}}`)).toBeGreaterThan(1);
  expect(valueOf(text, `millrace_scheduler_commit_seconds_count{${scheduler}}`)).toBeGreaterThan(1);
  expect(valueOf(text, `millrace_pool_slots{${scheduler},pool="default_pool"}`)).toBe(128);
  expect(valueOf(text, `millrace_pool_used_slots{${scheduler},pool="default_pool"}`)).toBe(0);
  expect(valueOf(text, "millrace_database_up")).toBe(1);
  expect(server.engine.executor.usage?.().dispatches).toEqual({ queued: 0, running: 0, waiting: 0 });
});

test("requests are counted by operation, never by what somebody wrote into a path", async () => {
  await server.get("/api/v1/health");
  await server.get("/api/v1/made-up-by-somebody?password=hunter2");
  const text = await scrape();
  expect(valueOf(text, `millrace_http_requests_total{operation="get_health",method="GET",status="200"}`)).toBe(1);
  expect(valueOf(text, `millrace_http_requests_total{operation="unknown",method="GET",status="404"}`)).toBe(1);
  expect(valueOf(text, "millrace_http_requests_in_flight")).toBe(1);
  expect(text).not.toMatch(/made-up|hunter2/);
});

test("every metric that the dashboard asks for is on the page, and every metric of ours is in the dashboard", async () => {
  const text = await scrape();
  const there = new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));
  const dashboard = readFileSync(new URL("../../../deploy/grafana/millrace.json", import.meta.url), "utf8");
  const asked = new Set(
    [...dashboard.matchAll(/\b(?:millrace|process|nodejs)_\w+/g)].map(([name]) =>
      there.has(name) ? name : name.replace(/_(bucket|sum|count)$/, ""),
    ),
  );
  expect(asked.size).toBeGreaterThan(25);
  expect([...asked].filter((name) => !there.has(name))).toEqual([]);
  expect(Object.keys(ENGINE_METRICS).filter((name) => !asked.has(name))).toEqual([]);
});

test("the guide's alerts ask for metrics that are there", async () => {
  const text = await scrape();
  const there = new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));
  const guide = readFileSync(new URL("../../../docs/how-to/monitoring.md", import.meta.url), "utf8");
  const named = [...guide.matchAll(/\bmillrace_\w+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ""));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !there.has(name))).toEqual([]);
});

test("a process leaves its numbers every two seconds, and gives up nothing while the database is away", async () => {
  const saved: string[] = [];
  const { promise: twice, resolve } = Promise.withResolvers<void>();
  const warnings: string[] = [];
  const log = { debug: ignore, info: ignore, error: ignore, warn: (_: object, event: string) => warnings.push(event) };
  const stop = publishMetrics({
    log,
    read: () => server.engine.scheduler.metrics(),
    store: {
      list: server.ports.metrics.list,
      save: async (stored) => {
        saved.push(stored.source);
        if (saved.length === 1) throw new Error("the database is away");
        await server.ports.metrics.save(stored);
        resolve();
      },
    },
  });
  await twice;
  await stop();
  const [first] = saved;
  expect((await server.ports.metrics.list()).map(({ source }) => source)).toContain(first);
  expect(warnings).toEqual(["metrics could not be saved"]);
});

test("metrics need a permission where others can reach the server, and are nothing where they are off", async () => {
  await using guarded = await startServer({ settings: { metrics: "token" } });
  expect(await guarded.get("/metrics", { as: aCaller("can_read DAGs") })).toMatchObject({ status: 403 });
  expect(await guarded.get("/metrics", { as: aCaller("can_read Cluster Activity") })).toMatchObject({ status: 200 });
  await using silent = await startServer({ settings: { metrics: "off" } });
  expect(await silent.get("/metrics")).toMatchObject({ status: 404 });
});

function ignore(): void {
  // Only warnings are looked at.
}
