// Trigger rules, branches, short circuits, groups, setups and teardowns, fail fast: through the real engine, with Airflow's outcomes.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { causesOf, clearRun, deployFiles, finishRun, resultOf } from "../harness/finish-run.ts";

let engine: EngineHarness;
beforeAll(async () => {
  engine = await startEngine();
  await deployFiles(engine, "flow.dag.ts");
});
afterAll(() => engine.stop());

const conf = (values: object): { readonly conf: string } => ({ conf: JSON.stringify(values) });

describe("trigger rules", () => {
  // R = runs, k = skipped, u = upstream_failed; two upstream outcomes per column, in the order in which they happen.
  const PAIRS = "ss sk sf su kk kf ku ff fu uu".split(" ");
  const TABLE = {
    all_success: "R k u u k k k u u u",
    all_failed: "k k k k k k k R R R",
    all_done: "R R R R R R R R R R",
    all_skipped: "k k k k R k k k k k",
    one_success: "R R R R k u u u u u",
    one_failed: "k k R R k R R R R R",
    one_done: "R R R R k R k R R k",
    none_failed: "R R u u R u u u u u",
    none_failed_min_one_success: "R R u u k u u u u u",
    none_skipped: "R k R R k k k R R R",
    always: "R R R R R R R R R R",
  };

  test("each rule decides each pair of upstream outcomes as Airflow does", async () => {
    const { states } = await finishRun(engine, "rules");
    const short = { success: "R", skipped: "k", upstream_failed: "u" } as Record<string, string>;
    const seen = Object.fromEntries(
      Object.keys(TABLE).map((rule) => [rule, PAIRS.map((pair) => short[states[`${rule}.${pair}`]]).join(" ")]),
    );
    expect(seen).toEqual(TABLE);
  });
});

describe("branches", () => {
  const taken = { left: "success", "right.first": "skipped", "right.second": "skipped" };
  const other = { left: "skipped", "right.first": "success", "right.second": "success" };

  test("what was not chosen is skipped, a join below both ways runs, a strict one does not", async () => {
    const { states, state } = await finishRun(engine, "branches");
    expect(states).toMatchObject({ ...taken, join: "success", strict_join: "skipped", always_after: "success" });
    expect(states).toMatchObject({ shortcut: "success", after_shortcut: "success" });
    expect(state).toBe("success");
  });

  test("the choice may be another key, several, or nothing", async () => {
    const [right, both, none] = await Promise.all(
      ["right", "both", "none"].map((way) => finishRun(engine, "branches", conf({ way }))),
    );
    expect(right.states).toMatchObject({ ...other, join: "success", shortcut: "success" });
    expect(both.states).toMatchObject({ left: "success", "right.second": "success", strict_join: "success" });
    expect(none.states).toMatchObject({ left: "skipped", "right.second": "skipped", join: "skipped" });
    expect(none.states).toMatchObject({ always_after: "success", shortcut: "skipped" });
  });

  test("a task cleared alone is skipped again by the stored choice", async () => {
    const run = await finishRun(engine, "branches");
    const cleared = await clearRun(engine, "branches", run, { select: { taskIds: ["right.first", "right.second"] } });
    expect(cleared.states).toMatchObject(taken);
    expect((await causesOf(engine, run.runId))["right.first"].code).toBe("BRANCH_NOT_CHOSEN");
  });
});

test("a task whose condition does not hold is skipped as if its body had said so", async () => {
  const { runId, states } = await finishRun(engine, "conditions");
  expect(states).toEqual({
    full: "skipped",
    after_full: "skipped",
    quick: "success",
    senses: "skipped",
    "each[0]": "success",
    "each[1]": "skipped",
    "each[2]": "success",
    broken: "failed",
  });
  const causes = await causesOf(engine, runId);
  expect([causes.full.message, causes["each[1]"].message, causes.broken.message]).toEqual([
    "its runIf said no",
    "its skipIf said yes",
    "Error: cannot say",
  ]);
});

describe("a short circuit", () => {
  test("skips everything below, whatever its rules; one that respects them skips only what is next to it", async () => {
    const { states } = await finishRun(engine, "circuits");
    expect(states).toEqual({
      strict: "success",
      strict_below: "skipped",
      strict_far: "skipped",
      gentle: "success",
      gentle_below: "skipped",
      gentle_far: "success",
      gentle_follows: "skipped",
    });
  });

  test("skips nothing when its result is true", async () => {
    const { states } = await finishRun(engine, "circuits", conf({ open: true }));
    expect(new Set(Object.values(states))).toEqual(new Set(["success"]));
  });
});

test("groups prefix ids, connect their first and last tasks, and give defaults from the inside out", async () => {
  const { states, runId } = await finishRun(engine, "groups");
  expect(Object.keys(states).sort()).toEqual(
    ["end", "outer.a", "outer.inner.b", "outer.inner.c", "start", "unprefixed"].sort(),
  );
  expect(await resultOf(engine, runId, "end")).toEqual(["outer.inner.b", "outer.inner.c", "unprefixed"]);
  expect(await resultOf(engine, runId, "outer.inner.b")).toBe(3);
  const { graph } = (await engine.store.queries.findDag("groups")) ?? {};
  const owners = Object.fromEntries(
    (graph?.tasks ?? []).map(({ taskId, owner, retries }) => [taskId, [owner, retries]]),
  );
  expect(owners).toEqual({
    start: ["dag", 1],
    "outer.a": ["outer", 1],
    "outer.inner.b": ["outer", 2],
    "outer.inner.c": ["own", 2],
    unprefixed: ["outer", 1],
    end: ["dag", 1],
  });
});

describe("setups and teardowns", () => {
  const rest = { disk: "success", write: "success", wipe: "success", report: "success" };

  test("a teardown runs after the work, also when the work failed", async () => {
    const [fine, failed] = await Promise.all(["", "work"].map((fail) => finishRun(engine, "scopes", conf({ fail }))));
    expect(fine.states).toEqual({ ...rest, cluster: "success", work: "success", more: "success", remove: "success" });
    expect(failed.states).toMatchObject({ work: "failed", more: "upstream_failed", remove: "success" });
    // The run is judged by its leaves: `report` has rule all_done.
    expect(failed.state).toBe("success");
  });

  test("without a setup there is nothing to tear down", async () => {
    const [failed, skipped] = await Promise.all(
      ["cluster", "skip cluster"].map((fail) => finishRun(engine, "scopes", conf({ fail }))),
    );
    expect(failed.states).toMatchObject({
      work: "upstream_failed",
      more: "upstream_failed",
      remove: "upstream_failed",
    });
    expect(skipped.states).toMatchObject({ work: "skipped", more: "skipped", remove: "skipped" });
  });

  test("a failed teardown fails the run only when it says so", async () => {
    const [ignored, counted] = await Promise.all(
      ["remove", "wipe"].map((fail) => finishRun(engine, "scopes", conf({ fail }))),
    );
    expect([ignored.states.remove, ignored.state]).toEqual(["failed", "success"]);
    expect([counted.states.wipe, counted.state]).toEqual(["failed", "failed"]);
  });

  test("clearing the work clears its setup and teardown with it", async () => {
    const run = await finishRun(engine, "scopes", conf({ fail: "work" }));
    await clearRun(engine, "scopes", run, { select: { taskIds: ["work"] } });
    const { items } = await engine.store.queries.listTaskInstances({ runId: run.runId });
    const tries = Object.fromEntries(items.map(({ taskId, tryNumber }) => [taskId, tryNumber]));
    expect(tries).toMatchObject({ cluster: 2, work: 2, remove: 2, disk: 1, write: 1, wipe: 1 });
  });
});

test("fail fast ends running and waiting tasks at the first failure, and still tears down", async () => {
  const { states, state, runId } = await finishRun(engine, "fails_fast");
  expect(states).toEqual({ box: "success", bad: "failed", long: "failed", late: "skipped", unbox: "success" });
  expect(state).toBe("failed");
  expect((await causesOf(engine, runId)).long).toEqual({
    code: "FAIL_FAST",
    message: "bad failed and the DAG fails fast",
  });
});
