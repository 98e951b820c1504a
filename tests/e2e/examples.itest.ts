import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileDags } from "../harness/compile-dags.ts";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";

const FOLDER = join(import.meta.dirname, "../../examples");
/** Needs a shop, its API and its DAGs; examples-standard-operators.itest.ts runs it. */
const NEEDS_THE_WORLD = "standard-operators.dag.ts";
const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".dag.ts") && name !== NEEDS_THE_WORLD)
  .map((name) => compileDags(readFileSync(join(FOLDER, name), "utf8"), name));
const dagIds = files.flatMap(({ dags }) => dags.map(({ dagId }) => dagId));

let engine: EngineHarness;
beforeAll(async () => {
  engine = await startEngine();
  await engine.store.queries.setConnection({
    connectionId: "shop",
    connectionType: "postgres",
    value: "postgres://db.example",
  });
  // No example makes a run by its own schedule: each is triggered here.
  const quiet = files.map((file) => ({
    ...file,
    dags: file.dags.map((dag) => ({
      ...dag,
      graph: { ...dag.graph, dag: { ...dag.graph.dag, schedule: { kind: "none" } as const } },
    })),
  }));
  await engine.deploy(...quiet);
});
afterAll(() => engine.stop());

test.each(dagIds)("the example %s runs to its end, and no task of it fails", async (dagId) => {
  // A Wednesday: one example does less on weekends.
  const { runId } = await engine.trigger(dagId, { logicalDate: Date.UTC(2025, 9, 1) * 1_000 });
  expect(await engine.ended(runId)).toBe("success");
  const states = Object.values(await engine.states(runId));
  expect(states.filter((state) => state !== "success" && state !== "skipped")).toEqual([]);
  expect(states).toContain("success");
});

test("what the examples compute is what they say", async () => {
  const result = async (dagId: string, taskId: string): Promise<unknown> => {
    const [run] = (await engine.store.queries.listRuns({ dagId })).items;
    const [[value]] = await engine.store.engine.readResults([{ runId: run.runId, taskId, mapIndex: -1 }]);
    return JSON.parse(value.json);
  };
  expect(await result("daily_orders", "sum")).toBe(2_240);
  expect(await result("cluster", "aggregate")).toBe(18);
  expect(await result("copy_table", "copy")).toEqual({ target: "orders_copy", rows: 100 });
  expect(await result("mapping", "join_large")).toBe(108);
});
