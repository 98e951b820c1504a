import {
  compileGraph,
  dag,
  type EngineStore,
  type InstanceRow,
  type Run,
  type RunAssetEvent,
  type RunRow,
  type StoredValue,
} from "@millrace/core";
import { expect, test } from "vitest";
import { InputReader } from "./dispatch-inputs.ts";
import { runFromRows } from "./owned-dags.ts";
import { RecentResults } from "./recent-results.ts";

const { graph } = dag("d", ({ task }) => {
  const early = task("early", () => 1);
  const late = task("late", () => 2);
  task("join", { input: { early, late } }, () => 3);
}).build();
const JOIN = 2;

const value = (text: string): StoredValue => ({ json: JSON.stringify(text) });

function aRun(): Run {
  const row = (taskId: string, state: InstanceRow["state"]): InstanceRow => ({
    ...{ taskId, state, mapIndex: -1, tryNumber: 1, maxTries: 1, restarts: 0 },
    ...(state === "queued" && { dispatchId: "dispatch" }),
  });
  const head: RunRow = {
    runId: 1,
    version: 3,
    state: "running",
    dagId: "d",
    dagVersion: 1,
    runKey: "r",
    runType: "asset_triggered",
    triggeredBy: "asset",
    logicalDate: 0,
    intervalStart: 0,
    intervalEnd: 0,
    runAfter: 0,
    queuedAt: 0,
    conf: null,
    clearNumber: 0,
    deadlineMissed: false,
    obligations: [],
  };
  return runFromRows(
    head,
    [row("early", "success"), row("late", "success"), row("join", "queued")],
    compileGraph(graph),
  );
}

test("what was in memory is sent, though others have taken its room while the rest was read", async () => {
  const results = new RecentResults(1_000);
  const event = { uri: "s3://raw" } as RunAssetEvent;
  results.put(1, "early", -1, value("early"));
  results.putAssetEvents(1, [event]);
  const store = {
    readResults: (keys: readonly { readonly taskId: string }[]) => {
      for (let runId = 2; runId < 1_100; runId += 1) {
        results.put(runId, "t", -1, value("x".repeat(200)));
        results.putAssetEvents(runId, []);
      }
      return Promise.resolve(keys.map(({ taskId }) => [value(taskId)]));
    },
  } as unknown as EngineStore;
  const reader = new InputReader(results, store);
  const run = aRun();
  reader.want(run, JOIN);
  expect(reader.mustRead).toBe(true);
  await reader.read();
  expect(reader.inputs(run, JOIN)).toEqual({
    early: { kind: "value", value: value("early") },
    late: { kind: "value", value: value("late") },
  });
  expect(reader.assetEvents(run)).toEqual([event]);
});
