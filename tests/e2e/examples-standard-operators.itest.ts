// The examples of the standard operators, with the world that they need on this machine: a shop with its API and its DAGs, a loader, a publisher.
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseInstant } from "@millrace/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileDags } from "../harness/compile-dags.ts";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { linesOf, resultOf } from "../harness/task-facts.ts";

const EXAMPLE = join(import.meta.dirname, "../../examples/standard-operators.dag.ts");
const DAY = parseInstant("2025-10-01T02:00:00Z");
const DAY_BEFORE = parseInstant("2025-09-30T02:00:00Z");
const WORLD = `
import { dag } from "millrace";
export const shop = dag("shop", ({ group }) => {
  group("export", ({ task }) => { task("orders", () => 1); task("customers", () => 1); });
  group("checks", ({ task }) => void task("totals", () => 1));
});
export const publish = dag("publish", ({ task }) => void task("tells", (_, { conf }) => conf));
`;

const asked: string[] = [];
const api = createServer((request, response) => {
  asked.push(request.url ?? "");
  const orders = [
    { id: "a", cents: 1_200 },
    { id: "b", cents: 34 },
  ];
  response.writeHead(200, { "content-type": "application/json", "x-complete": "true" }).end(JSON.stringify(orders));
});
let folder: string;
let engine: EngineHarness;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace-loader-"));
  writeFileSync(join(folder, "load.sh"), '#!/bin/sh\necho "loaded with $*"\n', { mode: 0o755 });
  api.listen(0, "127.0.0.1");
  await once(api, "listening");
  engine = await startEngine();
  const { port } = api.address() as AddressInfo;
  const value = `http://127.0.0.1:${port}`;
  await engine.store.queries.setConnection({ connectionId: "shop_api", connectionType: "http", value });
  const example = compileDags(
    readFileSync(EXAMPLE, "utf8").replace("/opt/orders", folder).replace('every: "30s"', 'every: "200ms"'),
    "standard-operators.dag.ts",
  );
  await engine.deploy(compileDags(WORLD), {
    ...example,
    // No example makes a run by its own schedule: each is triggered here.
    dags: example.dags.map((dag) => ({
      ...dag,
      graph: { ...dag.graph, dag: { ...dag.graph.dag, schedule: { kind: "none" } as const } },
    })),
  });
});

afterAll(async () => {
  await engine.stop();
  api.closeAllConnections();
  api.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the operators that do something fetch, add up, load and publish", async () => {
  const { runId } = await engine.trigger("standard_operators", { logicalDate: DAY });
  expect(await engine.ended(runId)).toBe("success");
  expect(asked).toEqual(["/v1/orders?day=2025-10-01&limit=1000"]);
  expect(await resultOf(engine, runId, "total_by_customer")).toEqual({ cents: 1_234 });
  expect((await linesOf(engine, runId, "load")).map(({ msg }) => msg)).toEqual([
    "loading into orders",
    "loaded with --day 2025-10-01 --table orders",
  ]);
  const [published] = (await engine.store.queries.listRuns({ dagId: "publish" })).items;
  expect(await resultOf(engine, published.runId, "tells")).toEqual({ day: "2025-10-01", totals: { cents: 1_234 } });
});

test("the operators that wait go on when what they wait for is there", async () => {
  for (const logicalDate of [DAY_BEFORE, DAY])
    await engine.ended((await engine.trigger("shop", { logicalDate })).runId);
  const { runId } = await engine.trigger("standard_waits", { logicalDate: DAY });
  expect(await engine.ended(runId)).toBe("success");
  expect(new Set(Object.values(await engine.states(runId)))).toEqual(new Set(["success"]));
});
