import { expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";

const DAG = `
import { dag } from "millrace";
export const chain = dag("chain", ({ task }) => {
  const first = task("first", () => [1, 2, 3]);
  task("second", { input: { first } }, () => 1);
});
`;

/** What {@link Totals} says, as `state: how many`. */
async function totals({ store }: EngineHarness): Promise<Readonly<Record<string, number>>> {
  const runs = (await store.totals.runs({ dagIds: ["chain"] })).map(({ state, runs: n }) => [`${state} runs`, n]);
  const instances = (await store.totals.instances({ dagIds: ["chain"] })).map(({ state, instances: n }) => [state, n]);
  return Object.fromEntries([...runs, ...instances]) as Record<string, number>;
}

test("totals follow runs that end, tasks that are marked afterwards, and runs that are cleared", async () => {
  await using engine = await startEngine();
  await engine.deploy(DAG);
  expect(await totals(engine)).toEqual({});
  const { runId, runKey } = await engine.trigger("chain");
  await engine.trigger("chain").then((run) => engine.ended(run.runId));
  await engine.ended(runId);
  expect(await totals(engine)).toEqual({ "success runs": 2, success: 4 });
  const only = { taskIds: ["second"] };
  await engine.send("chain", { kind: "markTasks", runKey, select: only, state: "failed" });
  // Marking opens the run again until it is evaluated; cleared before that, it would be a live one.
  expect(await engine.ended(runId)).toBe("failed");
  expect(await totals(engine)).toMatchObject({ success: 3, failed: 1 });
  await engine.send("chain", { kind: "clear", runKey, select: only, version: "same", keepRunState: true });
  expect(await totals(engine)).toEqual({ "success runs": 1, "failed runs": 1, success: 3, none: 1 });
  await engine.send("chain", { kind: "clear", runKey, select: only, version: "same" });
  await engine.ended(runId);
  expect(await totals(engine)).toEqual({ "success runs": 2, success: 4 });
});
