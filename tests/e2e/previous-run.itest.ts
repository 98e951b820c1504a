// Tasks that wait for the run before: they are asked again whenever it changes, however it does.
import { MillraceError } from "@millrace/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";

const HOLD = "(_, ctx) => new Promise((_, reject) => ctx.signal.addEventListener('abort', reject))";
const file = (edited: string): string => `
  import { dag } from "@millrace/core";
  export const past = dag("past", ({ task }) => {
    task("only", { dependsOnPast: true }, ${HOLD});
  });
  export const edited = dag("edited", ({ task }) => {
    task("only", ${edited});
  });
`;

let engine: EngineHarness;
beforeAll(async () => {
  engine = await startEngine();
  await engine.deploy(file(HOLD));
});
afterAll(() => engine.stop());

async function reaches(dagId: string, state: string): Promise<{ readonly runId: number; readonly runKey: string }> {
  const run = await engine.trigger(dagId);
  await expect.poll(() => engine.states(run.runId), { timeout: 10_000 }).toEqual({ only: state });
  return run;
}

test("of an older version that did not look at the past", async () => {
  const first = await reaches("edited", "running");
  await engine.deploy(file(`{ dependsOnPast: true }, ${HOLD}`));
  await expect.poll(async () => (await engine.store.queries.findDag("edited"))?.version).toBe(2);
  const second = await reaches("edited", "none");
  await engine.send("edited", { kind: "markRun", runKey: first.runKey, state: "success" });
  await expect.poll(() => engine.states(second.runId), { timeout: 5_000 }).toEqual({ only: "running" });
  await engine.send("edited", { kind: "markRun", runKey: second.runKey, state: "success" });
});

test("that is deleted", async () => {
  const first = await reaches("past", "running");
  const second = await reaches("past", "none");
  await engine.send("past", { kind: "markRun", runKey: first.runKey, state: "failed" });
  await engine.send("past", { kind: "deleteRun", runKey: first.runKey });
  await expect.poll(() => engine.states(second.runId), { timeout: 5_000 }).toEqual({ only: "running" });
  await engine.send("past", { kind: "markRun", runKey: second.runKey, state: "success" });
});

test("whose end was committed by a connection that was lost", async () => {
  const first = await reaches("past", "running");
  const second = await reaches("past", "none");
  const store: { commit: EngineHarness["store"]["engine"]["commit"] } = engine.store.engine;
  const { commit } = store;
  store.commit = async (batch) => {
    const result = await commit(batch);
    if (!batch.runs.some(({ runId }) => runId === first.runId)) return result;
    store.commit = commit;
    throw new MillraceError("STORE_UNAVAILABLE", "the connection was lost", { details: { outcome: "unknown" } });
  };
  await engine.send("past", { kind: "markRun", runKey: first.runKey, state: "success" });
  await expect.poll(() => engine.states(second.runId), { timeout: 5_000 }).toEqual({ only: "running" });
  await engine.send("past", { kind: "markRun", runKey: second.runKey, state: "success" });
});
