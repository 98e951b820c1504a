// What runs around a body in its try, through the real engine.
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { causesOf, finishRun, resultOf, type FinishedRun } from "../harness/finish-run.ts";

let engine: EngineHarness;
let run: FinishedRun;
beforeAll(async () => {
  engine = await startEngine();
  await engine.deploy(`
    import { dag, defer, operator, Permanent, SKIP, Skip } from "millrace";
    const echo = operator({ name: "Echo", templated: ["text"], run: ({ text }: { text: string }) => text });
    export const hooks = dag("hooks", ({ task, map, sensor }) => {
      const calls: string[] = [];
      task("order", {
        runIf: () => calls.push("runIf") > 0,
        onExecute: () => void calls.push("onExecute"),
        preExecute: async ({ taskId }) => void calls.push("pre " + taskId),
        postExecute: (_, result) => void (result as string[]).push("post"),
      }, () => { calls.push("body"); return calls; });
      task("operator", { postExecute: ({ xcom }, result) => xcom.push("seen", result) }, echo({ text: "{{ 1 + 1 }}" }));
      map("each", { each: { n: [1, 2] }, preExecute: ({ item }) => { if (item.n === 2) throw new Skip("not two"); } }, ({ n }) => n);
      task("pre_fails", { retries: 1, retryDelay: "0s", preExecute: ({ tryNumber }) => { if (tryNumber === 1) throw new Error("not yet"); } }, (_, { tryNumber }) => tryNumber);
      task("post_fails", { retries: 5, postExecute: () => { throw new Permanent("empty"); } }, () => []);
      const posts: unknown[] = [];
      const skipping = task("skips", { postExecute: () => void posts.push("skips") }, () => SKIP);
      const throwing = task("throws", { postExecute: () => void posts.push("throws") }, () => { throw new Error("body"); });
      task("posts", { after: [skipping, throwing], triggerRule: "all_done" }, () => posts);
      const pres: string[] = [];
      task("defers", { preExecute: () => void pres.push("pre"), postExecute: (_, result) => void (result as string[]).push("post") }, (_, ctx) => ctx.resumed ? [...pres] : defer({ for: "1ms", state: 1 }));
      sensor("looks", { timeout: "1m", every: "1ms", postExecute: ({ xcom }, found) => xcom.push("found", found) }, (_, ctx) => ({ at: 7 }));
    });
  `);
  run = await finishRun(engine, "hooks");
});
afterAll(() => engine.stop());

const xcom = async (taskId: string, key: string): Promise<unknown> => {
  const found = await engine.store.queries.findXCom({ runId: run.runId, taskId, mapIndex: -1 }, key);
  return found && (JSON.parse(found.json) as unknown);
};

test("the hooks come right before and after the body, with its result before it is stored", async () => {
  expect(await resultOf(engine, run.runId, "order")).toEqual(["runIf", "onExecute", "pre order", "body", "post"]);
  expect(await resultOf(engine, run.runId, "operator")).toBe("2");
  expect(await xcom("operator", "seen")).toBe("2");
  expect(await xcom("looks", "found")).toEqual({ at: 7 });
});

test("what a hook throws counts as if the body had thrown it", async () => {
  expect(run.states).toMatchObject({
    "each[0]": "success",
    "each[1]": "skipped",
    pre_fails: "success",
    post_fails: "failed",
  });
  expect(await resultOf(engine, run.runId, "pre_fails")).toBe(2);
  const { items } = await engine.store.queries.listTaskInstances({ runId: run.runId, taskId: "post_fails" });
  expect(items[0]).toMatchObject({ tryNumber: 1, cause: { message: expect.stringContaining("empty") as string } });
  expect(await resultOf(engine, run.runId, "post_fails")).toBeUndefined();
});

test("a body that skips or throws has nothing to hand to postExecute", async () => {
  expect(run.states).toMatchObject({ skips: "skipped", throws: "failed" });
  expect(await resultOf(engine, run.runId, "posts")).toEqual([]);
  expect((await causesOf(engine, run.runId)).throws.message).toBe("Error: body");
});

test("a try that goes on after a deferral began once", async () => {
  expect(await resultOf(engine, run.runId, "defers")).toEqual(["pre", "post"]);
});
