import { expect, test } from "vitest";
import { MICROS } from "../model/instant.ts";
import { aCompiledGraph, aGraph, aTask, type GraphSpec } from "../plan/testing/a-graph.ts";
import { T0, World } from "../plan/testing/world.ts";
import type { WhyDagFacts } from "../ports/why.ts";
import { caseOf, said, someFacts } from "./testing/a-case.ts";
import { whyDag } from "./why-dag.ts";
import { whyRun, whyTasks } from "./why-run.ts";

function why(spec: GraphSpec, dag: Partial<WhyDagFacts> = {}): ReturnType<typeof whyDag> {
  const graph = aGraph([aTask("t")], spec);
  return whyDag(someFacts(graph, { dag }));
}
const reasons = (...args: Parameters<typeof why>): readonly string[] => said(why(...args)).map(({ reason }) => reason);
const daily: GraphSpec = { schedule: { kind: "cron", expression: "0 6 * * *", zone: "UTC" } };
const lastScheduled = { logicalDate: T0 - 2 * MICROS.d, intervalStart: T0 - 2 * MICROS.d, intervalEnd: T0 - MICROS.d };

test("a DAG says when its schedule makes the next run", () => {
  const last = { logicalDate: T0 - 42 * MICROS.h, intervalStart: T0 - 42 * MICROS.h, intervalEnd: T0 - 18 * MICROS.h };
  expect(said(why(daily, { lastScheduled: last }))).toEqual([
    {
      reason:
        "The schedule makes the next run at 2024-10-04T06:00:00+00:00 (in 6 h), for the logical date 2024-10-03T06:00:00+00:00.",
      advice: "`millrace dags next-execution d` shows what follows.",
      until: T0 + 6 * MICROS.h,
    },
  ]);
});

test("a due run waits while as many as may be are unfinished", () => {
  const unfinished = { running: 1, queued: 1, backfill: 0, runKeys: ["r1"] };
  const spec = { schedule: { kind: "interval", everyMicros: MICROS.h }, maxActiveRuns: 2, catchup: true } as const;
  expect(reasons(spec, { lastScheduled, unfinished })).toEqual([
    "The run for the logical date 2024-10-03T00:00:00+00:00 is due, but 2 runs at most may be unfinished (maxActiveRuns): r1.",
    "The run r1 is running.",
  ]);
});

test("a DAG without a schedule, and one whose schedule is over, run only by hand", () => {
  expect(reasons({})).toEqual(["d has no schedule: it runs only when it is triggered."]);
  expect(reasons({ ...daily, end: T0 - 10 * MICROS.d }, { lastScheduled })).toEqual([
    "The schedule is over: its end is 2024-09-24T00:00:00+00:00.",
  ]);
  expect(reasons({ schedule: { kind: "once" } }, { lastScheduled })).toEqual(["The schedule has no times left."]);
});

test("a DAG that follows assets says which are missing", () => {
  const rule = { all: [{ asset: "s3://a" }, { asset: "s3://b" }] };
  expect(reasons({ schedule: { kind: "assets", rule } }, { updatedAssets: ["s3://b"] })).toEqual([
    "It waits for an update of s3://a, not updated since the last run. s3://b was.",
  ]);
  const time = { kind: "interval", everyMicros: MICROS.d } as const;
  expect(
    why(
      { schedule: { kind: "assetsOrTime", rule, time } },
      { lastScheduled: { ...lastScheduled, intervalEnd: T0 } },
    ).map(({ kind }) => kind),
  ).toEqual(["assets", "nextRun"]);
});

test("a file that is gone or broken is named", () => {
  const importErrors = [{ file: "d.dag.ts", message: "Expected ;\n> 2", line: 2 }];
  expect(reasons({}, { importErrors })[0]).toBe(
    "d.dag.ts:2 cannot be loaded: Expected ;. The last version that could goes on.",
  );
  expect(reasons(daily, { active: false })).toEqual([
    "The file of d is gone (d.dag.ts): its schedule makes no more runs.",
  ]);
});

test("an open backfill and the last run are told of", () => {
  const unfinished = { running: 0, queued: 0, backfill: 2, runKeys: [] };
  const lastEnded = { runKey: "r0", state: "failed", endedAt: T0, cause: { code: "X", message: "t failed" } } as const;
  expect(
    reasons({}, { unfinished, lastEnded, backfill: { backfillId: 5, state: "paused", maxActiveRuns: 2 } }).slice(1),
  ).toEqual([
    "Backfill 5 is paused, with 2 unfinished runs.",
    "The last run, r0, ended failed at 2024-10-04T00:00:00+00:00: t failed.",
  ]);
  expect(reasons({}, { unfinished, backfill: { backfillId: 5, state: "running", maxActiveRuns: 2 } })[1]).toBe(
    "Backfill 5 goes on: 2 of at most 2 runs are unfinished.",
  );
});

test("a run that waits, that runs, and that has ended", () => {
  const compiled = aCompiledGraph([aTask("a"), aTask("b", { after: ["a"] })]);
  expect(whyRun(caseOf(new World(compiled, { start: false })))).toEqual([{ kind: "nextTick" }]);
  const running = caseOf(new World(compiled), { run: { obligations: [{ kind: "create", next: 7 }] } });
  expect(whyRun(running)).toEqual([{ kind: "obligation", obligation: { kind: "create", next: 7 } }]);
  const world = new World(compiled);
  world.finish(() => "failed");
  expect(said(whyRun(caseOf(world))).map(({ advice }) => advice)).toEqual([
    "`millrace tasks clear d --only-failed` runs what failed again.",
  ]);
});

test("the tasks of a run are told of by state, those that have ended only when they are asked for", () => {
  const world = new World(aCompiledGraph([aTask("a", { over: 3 }), aTask("b", { after: ["a"] })]));
  world.end("a", "success", 0);
  const at = caseOf(world);
  expect(whyTasks(at).map(({ group }) => [group.taskId, group.mapIndex, group.state, group.count])).toEqual([
    ["a", 1, "queued", 2],
    ["b", -1, "none", 1],
  ]);
  expect(whyTasks(at, ({ taskId }) => taskId === "a")).toHaveLength(2);
});
