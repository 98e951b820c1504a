// What the operator of a system decides for all DAGs, through the real engine. What holds otherwise is in the other files of these tests.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { causesOf, finishRun, resultOf } from "../harness/finish-run.ts";

const FAR = 4_102_444_800_000_000;
let engine: EngineHarness;
beforeAll(async () => {
  engine = await startEngine({
    rules: { defaultTaskRetries: 1, maxMapLength: 3, confOverridesParams: false, allowTriggerInFuture: true },
  });
  await engine.deploy(`
    import { cron, dag, operator } from "millrace";
    const show = operator({ name: "Show", templated: ["text"], run: ({ text }: { text: string }) => text });
    const fails = () => { throw new Error("no"); };
    export const retries = dag("retries", { defaults: { retryDelay: "0s" } }, ({ task, group }) => {
      task("silent", fails);
      task("says_none", { retries: 0 }, fails);
      group("inside", { defaults: { retries: 2 } }, ({ task }) => { task("grouped", fails); });
      task("once", { singleAttempt: true }, fails);
      task("told", show({ text: "{{ task.retries }}" }));
    });
    export const mapping = dag("mapping", { params: { list: [1, 2] } }, ({ task, map, params }) => {
      const short = task("short", () => [1, 2]);
      const long = task("long", { retries: 0 }, () => [1, 2, 3, 4]);
      map("over_short", { each: { x: short } }, ({ x }) => x);
      map("over_long", { each: { x: long } }, ({ x }) => x);
      map("product", { each: { x: short, y: [1, 2] } }, ({ x, y }) => x * y);
      map("over_param", { each: { x: params.list } }, ({ x }) => x);
    });
    export const conf = dag("conf", { params: { region: "eu" } }, ({ task }) => {
      task("seen", (_, { params, conf }) => ({ params, conf }));
    });
    export const by_hand = dag("by_hand", ({ task }) => { task("work", () => 1); });
    export const by_time = dag("by_time", { schedule: cron("@daily") }, ({ task }) => { task("work", () => 1); });
  `);
});
afterAll(() => engine.stop());

test("the default of retries counts for tasks that say none, in no layer around them", async () => {
  const { runId } = await finishRun(engine, "retries");
  const { items } = await engine.store.queries.listTaskInstances({ runId });
  expect(Object.fromEntries(items.map(({ taskId, tryNumber }) => [taskId, tryNumber]))).toEqual({
    silent: 2,
    says_none: 1,
    "inside.grouped": 3,
    once: 1,
    told: 1,
  });
  expect(await resultOf(engine, runId, "told")).toBe("1");
});

describe("a limit on the length of what is mapped over", () => {
  test("fails the task that returns too long a list, and a product that is too long", async () => {
    const { runId, states } = await finishRun(engine, "mapping");
    expect(states).toMatchObject({
      "over_short[1]": "success",
      long: "failed",
      over_long: "upstream_failed",
      product: "failed",
      "over_param[1]": "success",
    });
    const causes = await causesOf(engine, runId);
    expect(causes.long.message).toContain(
      "has 4 elements, more than the 3 that can be mapped over (core.maxMapLength)",
    );
    expect(causes.product).toMatchObject({ code: "TOO_MANY_TO_MAP" });
  });
});

test("a conf that may override nothing is still the conf of the run", async () => {
  const { runId } = await finishRun(engine, "conf", { conf: '{"region":"us"}' });
  expect(await resultOf(engine, runId, "seen")).toEqual({ params: { region: "eu" }, conf: { region: "us" } });
  const { states } = await finishRun(engine, "mapping", { conf: '{"list":[1,2,3]}' });
  expect(Object.keys(states).filter((name) => name.startsWith("over_param"))).toEqual([
    "over_param[0]",
    "over_param[1]",
  ]);
});

test("a run triggered for a future date begins at once only when its DAG has no schedule", async () => {
  expect(await finishRun(engine, "by_hand", { logicalDate: FAR })).toMatchObject({ state: "success" });
  const { runId } = await engine.trigger("by_time", { logicalDate: FAR });
  expect((await engine.store.engine.loadRun(runId))?.run).toMatchObject({ state: "queued", runAfter: FAR });
});
