// Why something does not run, asked of the real engine in the situations that it is really in.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  openCase,
  sayBlocker,
  whyDag,
  whyInstance,
  whyRun,
  type Blocker,
  type WhyCase,
  type WhyFacts,
} from "@millrace/core";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";

const DAGS = `
  import { once } from "node:events";
  import { asset, cron, dag, defer } from "millrace";
  const hold = async (_, { signal }) => { await once(signal, "abort"); throw new Error("told to stop"); };
  export const chain = dag("chain", ({ task }) => {
    const slow = task("slow", { executionTimeout: "1h" }, hold);
    const load = task("load", { input: { slow } }, () => 1);
    task("report", { after: [load], triggerRule: "all_done" }, () => 1);
  });
  export const fails = dag("fails", ({ task }) => {
    const bad = task("bad", () => { throw new Error("no such host db.example"); });
    const below = task("below", { after: [bad] }, () => 1);
    task("last", { after: [below] }, () => 1);
    task("again", { retries: 2, retryDelay: "1h" }, () => { throw new Error("not yet"); });
    task("later", () => defer({ for: "1h" }));
    task("sits", hold);
  });
  export const pools = dag("pools", ({ task }) => {
    task("one", { pool: "narrow", poolSlots: 2 }, hold);
    task("two", { pool: "narrow", priorityWeight: 0 }, () => 1);
    task("three", { pool: "narrow", poolSlots: 9 }, () => 1);
    task("four", { pool: "nowhere" }, () => 1);
  });
  export const limits = dag("limits", { maxActiveTasks: 2, maxActiveRuns: 1 }, ({ task, map }) => {
    map("many", { each: { n: [1, 2, 3] }, maxActivePerRun: 1 }, hold);
    task("other", { priorityWeight: 0 }, hold);
    task("last", { priorityWeight: 0 }, hold);
  });
  export const mapped = dag("mapped", ({ task, map }) => {
    const list = task("list", hold);
    map("each", { each: { n: list } }, () => 1);
  });
  export const past = dag("past", ({ task }) => {
    task("only", { dependsOnPast: true }, hold);
  });
  export const rests = dag("rests", ({ task }) => { task("a", () => 1); });
  export const follows = dag("follows", { schedule: asset("s3://raw") }, ({ task }) => { task("a", () => 1); });
  export const daily = dag("daily", { schedule: cron("0 6 * * *"), start: "2100-01-01" }, ({ task }) => { task("a", () => 1); });
`;

let engine: EngineHarness;
beforeAll(async () => {
  engine = await startEngine();
  await engine.store.queries.setPool({
    pool: "narrow",
    slots: 2,
    description: "",
    includeDeferred: false,
    order: "fair",
  });
  await engine.deploy(DAGS);
});
afterAll(() => engine.stop());

type Run = Awaited<ReturnType<EngineHarness["trigger"]>>;

/** A run whose instances are in these states. It ends with the test: another attempt of it has the limits for itself. */
async function held(dagId: string, states: Readonly<Record<string, string>>): Promise<Run> {
  const run = await engine.trigger(dagId);
  onTestFinished(async () => void (await endRun(dagId, run.runKey)));
  await reached(run.runId, states);
  return run;
}

async function reached(runId: number, states: Readonly<Record<string, string>>): Promise<void> {
  for (;;) {
    const news = engine.committed((commit) => commit.runId === runId);
    const now = await engine.states(runId);
    if (Object.entries(states).every(([key, state]) => now[key] === state)) return;
    await news;
  }
}

async function factsOf(dagId: string, runId?: number, mapIndex = -1): Promise<WhyFacts> {
  const facts = await engine.store.queries.why({ dagId, mapIndex, ...(runId !== undefined && { runId }) });
  if (!facts) throw new Error(`there is no ${dagId}`);
  return facts;
}

async function caseOf(dagId: string, runId: number, mapIndex = -1): Promise<WhyCase> {
  const facts = await factsOf(dagId, runId, mapIndex);
  if (!facts.run) throw new Error(`there is no run ${runId}`);
  return openCase(facts, facts.run, { capacity: 64 });
}

/** Why an instance does not run, in words. */
async function why(dagId: string, runId: number, taskId: string, mapIndex = -1): Promise<readonly string[]> {
  const at = await caseOf(dagId, runId, mapIndex);
  const instance = at.states.instance(at.compiled.indexOf.get(taskId) ?? -1, mapIndex);
  if (!instance) throw new Error(`there is no ${taskId}[${mapIndex}]`);
  return words(whyInstance(at, instance), at.facts);
}

function words(blockers: readonly Blocker[], { dag, now }: WhyFacts): readonly string[] {
  return blockers.map((blocker) => sayBlocker(blocker, { dagId: dag.dagId, now }).reason);
}

const endRun = (dagId: string, runKey: string): Promise<unknown> =>
  engine.send(dagId, { kind: "markRun", runKey, state: "failed" });

describe("a task of a run", () => {
  test("that waits names the upstream task and its state; one that runs says where, since when and until when", async () => {
    const { runId, runKey } = await held("chain", { slow: "running" });
    await expect
      .poll(() => why("chain", runId, "load"))
      .toEqual(["It waits for all upstream tasks to succeed (all_success): slow is running."]);
    await expect
      .poll(() => why("chain", runId, "report"))
      .toEqual(["It waits for all upstream tasks to end (all_done): load is not started."]);
    const [runs] = await why("chain", runId, "slow");
    expect(runs).toMatch(
      /^It runs on worker \S+ since \S+ \(.+\)\. Its timeout ends it at \S+ \(in (59|60) m.*\)\.$|\(in 1 h\)\.$/,
    );
    await endRun("chain", runKey);
    expect((await why("chain", runId, "load"))[0]).toMatch(/^It ended: /);
  });

  test("that failed, that never ran because of it, that tries again, that is deferred", async () => {
    const { runId } = await held("fails", {
      last: "upstream_failed",
      again: "up_for_retry",
      later: "deferred",
      sits: "running",
    });
    expect((await why("fails", runId, "bad"))[0]).toMatch(/^It ended: failed at \S+: .*no such host db\.example\.$/);
    expect((await why("fails", runId, "last"))[0]).toMatch(
      /It comes from bad, which failed: .*no such host db\.example\.$/,
    );
    expect((await why("fails", runId, "again"))[0]).toMatch(
      /^Try 1 of 3 ended: .*not yet; the next one starts at \S+ \(in (59 m|1 h).*\)\.$/,
    );
    expect((await why("fails", runId, "later"))[0]).toMatch(
      /^It waits without a slot \(.+\) and goes on at \S+ \(in (59 m|1 h).*\)\.$/,
    );
  });

  test("that needs slots of a pool that is full, too small, or not there", async () => {
    const { runId, runKey } = await held("pools", { one: "running", two: "scheduled" });
    await expect
      .poll(() => why("pools", runId, "two"))
      .toEqual([`The pool narrow is full: 2 of 2 slots are taken, 2 by one of pools (run ${runKey}).`]);
    await expect
      .poll(() => why("pools", runId, "three"))
      .toEqual(["It takes 9 slots of the pool narrow, which has only 2: it never starts."]);
    await expect.poll(() => why("pools", runId, "four")).toEqual(["Its pool nowhere does not exist."]);
  });

  test("that waits for the limits of its DAG and of itself, and a run that waits for another", async () => {
    const { runId, runKey } = await held("limits", { "many[0]": "running", other: "running", last: "scheduled" });
    expect((await why("limits", runId, "many", 2)).map((text) => text.replace(/,.*$/, ""))).toEqual([
      "limits runs 2 of at most 2 tasks at once (maxActiveTasks)",
      "many runs 1 times at most at once in a run (maxActivePerRun).",
    ]);
    const next = await engine.trigger("limits");
    const at = await caseOf("limits", next.runId);
    expect(words(whyRun(at), at.facts)).toEqual([`limits has 1 of at most 1 run running (maxActiveRuns): ${runKey}.`]);
    expect(await why("limits", next.runId, "other")).toEqual(words(whyRun(at), at.facts));
    await endRun("limits", next.runKey);
  });

  test("that maps over a list that is not there, and one that looks at the run before", async () => {
    const mapping = await held("mapped", { list: "running" });
    await expect
      .poll(() => why("mapped", mapping.runId, "each"))
      .toEqual(["It waits for all upstream tasks to succeed (all_success): list is running."]);
    const first = await held("past", { only: "running" });
    const second = await held("past", { only: "none" });
    await expect
      .poll(() => why("past", second.runId, "only"))
      .toEqual([`It waits for the run before, ${first.runKey}: only is running there (dependsOnPast).`]);
  });
});

describe("a run and a DAG", () => {
  test("a paused DAG holds its new runs", async () => {
    await engine.send("rests", { kind: "pause", paused: true });
    const { runId } = await engine.trigger("rests");
    const paused = "rests is paused: what runs goes on, nothing new begins.";
    const at = await caseOf("rests", runId);
    expect(words(whyRun(at), at.facts)).toEqual([paused]);
    expect(await why("rests", runId, "a")).toEqual([paused]);
    expect(words(whyDag(at.facts), at.facts).slice(0, 2)).toEqual([
      paused,
      "rests has no schedule: it runs only when it is triggered.",
    ]);
    await engine.send("rests", { kind: "pause", paused: false });
    expect(await engine.ended(runId)).toBe("success");
    const ended = await caseOf("rests", runId);
    expect(words(whyRun(ended), ended.facts)[0]).toMatch(/^The run ended: success at \S+\.$/);
  });

  test("a run for a later date waits for it", async () => {
    const logicalDate = 4_102_444_800_000_000;
    const { runId } = await engine.trigger("chain", { logicalDate });
    const at = await caseOf("chain", runId);
    expect(words(whyRun(at), at.facts)[0]).toMatch(
      /^The run begins at 2100-01-01T00:00:00\+00:00 \(in \d+ d.*\): its date has not come\.$/,
    );
  });

  test("schedules say what they wait for", async () => {
    const daily = await factsOf("daily");
    expect(words(whyDag(daily), daily)[0]).toMatch(
      /^The schedule makes the next run at 2100-01-02T06:00:00\+00:00 \(in \d+ d.*\), for the logical date 2100-01-01T06:00:00\+00:00\.$/,
    );
    const follows = await factsOf("follows");
    expect(words(whyDag(follows), follows)).toEqual([
      "It waits for an update of s3://raw, not updated since the last run.",
    ]);
  });

  test("once the engine has stopped, nothing goes on, and what waits says so first", async () => {
    const { runId } = await engine.trigger("chain");
    await reached(runId, { slow: "running" });
    await engine.scheduler.stop();
    const at = await caseOf("chain", runId);
    expect(words(whyRun(at), at.facts)[0]).toMatch(
      /^No scheduler runs: nothing goes on\. Scheduler \d+ on test-host ended at/,
    );
    expect((await why("chain", runId, "load"))[0]).toMatch(/^No scheduler runs/);
  });
});
