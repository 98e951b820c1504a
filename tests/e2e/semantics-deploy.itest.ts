// A new version of a DAG is deployed under a run that is alive, and then parts of the run are cleared: exact states.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileDags } from "../harness/compile-dags.ts";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { causesOf, clearRun, resultOf } from "../harness/finish-run.ts";

let engine: EngineHarness;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-deploy-"));
  engine = await startEngine();
});
afterAll(async () => {
  await engine.stop();
  await rm(folder, { recursive: true });
});

/** A DAG whose task `gate` waits for a file, so that a version can be deployed while the run is alive. */
const text = (dagId: string, tasks: string): string => `
import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { dag } from "millrace";
export const d = dag("${dagId}", ({ task, map, group }) => {
  const gate = task("gate", async (_, { signal }) => {
    while (!existsSync("${folder}/${dagId}")) await wait(5, undefined, { signal });
    return "old";
  });
  ${tasks}
});
`;
const open = (dagId: string): Promise<void> => writeFile(join(folder, dagId), "");
const deploy = async (dagId: string, tasks: string, change: (source: string) => string = (s) => s): Promise<void> =>
  engine.deploy(compileDags(change(text(dagId, tasks)), `${dagId}.dag.ts`));

/** Triggers, and waits until the gate is running. */
async function begin(dagId: string): Promise<{ readonly runId: number; readonly runKey: string }> {
  const running = engine.committed(
    (run) => run.dagId === dagId && run.instances.some(({ taskId, state }) => taskId === "gate" && state === "running"),
  );
  const run = await engine.trigger(dagId);
  await running;
  return run;
}
const versionOf = async (runId: number): Promise<number | undefined> =>
  (await engine.store.queries.findRunById(runId))?.dagVersion;

describe("a version that is deployed under a live run", () => {
  test("is not the run's: it ends on its own; cleared it moves, with the renamed, new and deleted tasks as they are now", async () => {
    await deploy(
      "moved",
      `
      const a = task("a", { input: { gate } }, ({ gate }) => gate);
      const old = task("old_name", { input: { a } }, ({ a }) => a);
      task("deleted", { after: [old] }, () => 1);
      task("kept", { after: [old] }, () => "v1");
    `,
    );
    const run = await begin("moved");
    await deploy(
      "moved",
      `
      const a = task("a", { input: { gate } }, ({ gate }) => gate);
      const renamed = task("new_name", { input: { a } }, ({ a }) => a + " renamed");
      task("kept", { after: [renamed] }, () => "v2");
      task("added", { input: { gate } }, ({ gate }) => gate + " added");
    `,
    );
    await open("moved");
    expect(await engine.ended(run.runId)).toBe("success");
    expect(await engine.states(run.runId)).toEqual({
      gate: "success",
      a: "success",
      old_name: "success",
      deleted: "success",
      kept: "success",
    });
    expect(await versionOf(run.runId)).toBe(1);

    const cleared = await clearRun(engine, "moved", run, { select: { taskIds: ["kept"] }, version: "newest" });
    expect(cleared.states).toEqual({
      gate: "success",
      a: "success",
      old_name: "removed",
      deleted: "removed",
      new_name: "success",
      kept: "success",
      added: "success",
    });
    expect(await versionOf(run.runId)).toBe(2);
    expect(await resultOf(engine, run.runId, "kept")).toBe("v2");
    expect(await resultOf(engine, run.runId, "new_name")).toBe("old renamed");
    expect(await resultOf(engine, run.runId, "added")).toBe("old added");
    expect((await causesOf(engine, run.runId)).old_name).toMatchObject({ code: "TASK_GONE" });
    const { items } = await engine.store.queries.listTaskInstances({ runId: run.runId });
    const tries = Object.fromEntries(
      items.map(({ taskId, tryNumber, dagVersion }) => [taskId, [tryNumber, dagVersion]]),
    );
    // What was not cleared keeps its try and the version that it ran on.
    expect(tries).toMatchObject({ gate: [1, 1], a: [1, 1], kept: [2, 2], new_name: [1, 2], added: [1, 2] });
  });

  test("stays away from a run that is cleared with its own version", async () => {
    await deploy("same", `task("a", { input: { gate } }, () => "v1");`);
    const run = await begin("same");
    await deploy("same", `task("a", { input: { gate } }, () => "v2"); task("b", () => 1);`);
    await open("same");
    await engine.ended(run.runId);
    const { states } = await clearRun(engine, "same", run, { select: { taskIds: ["a"] }, version: "same" });
    expect(states).toEqual({ gate: "success", a: "success" });
    expect([await resultOf(engine, run.runId, "a"), await versionOf(run.runId)]).toEqual(["v1", 1]);
  });

  test("reaches a running run when a part of it is cleared: the running task starts again in the new version", async () => {
    await deploy("live", `task("after", { input: { gate } }, ({ gate }) => gate);`);
    const run = await begin("live");
    await deploy("live", `task("after", { input: { gate } }, ({ gate }) => gate); task("beside", () => 1);`, (source) =>
      source.replace('return "old"', 'return "new"'),
    );
    await engine.send("live", { kind: "clear", runKey: run.runKey, select: { taskIds: ["gate"] }, version: "newest" });
    await open("live");
    expect(await engine.ended(run.runId)).toBe("success");
    expect(await engine.states(run.runId)).toEqual({ gate: "success", after: "success", beside: "success" });
    expect([await resultOf(engine, run.runId, "after"), await versionOf(run.runId)]).toEqual(["new", 2]);
  });

  test("with a mapped task of another length, or no longer mapped, has exactly the instances of its own list", async () => {
    const tasks = (list: string): string => `
      const m = map("m", { each: { n: ${list} }, input: { gate } }, ({ n }) => n * 10);
      task("sum", { input: { m } }, ({ m }) => m.reduce((a, b) => a + b, 0));
    `;
    await deploy("resized", tasks("[1, 2, 3]"));
    const run = await begin("resized");
    await deploy("resized", tasks("[1, 2]"));
    await open("resized");
    await engine.ended(run.runId);
    expect(await resultOf(engine, run.runId, "sum")).toBe(60);
    const shorter = await clearRun(engine, "resized", run, {
      select: { taskIds: ["m"], downstream: true },
      version: "newest",
    });
    expect(shorter.states).toEqual({
      gate: "success",
      "m[0]": "success",
      "m[1]": "success",
      "m[2]": "removed",
      sum: "success",
    });
    expect(await resultOf(engine, run.runId, "sum")).toBe(30);
    await deploy("resized", tasks("[1, 2, 3, 4]"));
    const longer = await clearRun(engine, "resized", run, {
      select: { taskIds: ["m"], downstream: true },
      version: "newest",
    });
    expect(longer.states).toEqual({
      gate: "success",
      "m[0]": "success",
      "m[1]": "success",
      "m[2]": "success",
      "m[3]": "success",
      sum: "success",
    });
    expect(await resultOf(engine, run.runId, "sum")).toBe(100);
    await deploy(
      "resized",
      `const m = task("m", { input: { gate } }, () => 7); task("sum", { input: { m } }, ({ m }) => m);`,
    );
    const single = await clearRun(engine, "resized", run, {
      select: { taskIds: ["m"], downstream: true },
      version: "newest",
    });
    expect(single.states).toEqual({
      gate: "success",
      m: "success",
      "m[0]": "removed",
      "m[1]": "removed",
      "m[2]": "removed",
      "m[3]": "removed",
      sum: "success",
    });
    expect(await resultOf(engine, run.runId, "sum")).toBe(7);
  });
});
