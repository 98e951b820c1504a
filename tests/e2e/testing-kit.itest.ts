// What millrace/testing says of a DAG is what the real engine does with it: the same files, one after the other.
import { parseInstant, type DagDefinition } from "@millrace/core";
import { testDag, type DagRunResult } from "millrace/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEngine, type EngineHarness } from "../harness/engine-harness.ts";
import { causesOf, deployFiles, finishRun, resultOf } from "../harness/finish-run.ts";
import * as flow from "./dags/flow.dag.ts";
import * as mapping from "./dags/mapping.dag.ts";
import * as tries from "./dags/tries.dag.ts";

/** What does not depend on the time of day, on processes, or on files of its test. */
const DAGS: readonly DagDefinition[] = [
  flow.rules,
  flow.branches,
  flow.circuits,
  flow.conditions,
  flow.scopes,
  flow.failsFast,
  mapping.maps,
  mapping.mapGroups,
  mapping.wrongLists,
  mapping.listsOfLists,
  tries.retries,
];
const LOGICAL_DATE = "2025-10-05T00:00:00Z";

let engine: EngineHarness;
beforeAll(async () => {
  engine = await startEngine();
  await deployFiles(engine, "flow.dag.ts", "mapping.dag.ts", "tries.dag.ts");
});
afterAll(async () => engine.stop());

test.each(DAGS.map((dag) => [dag.dagId, dag] as const))("%s", async (dagId, dag) => {
  const { runId, state, states } = await finishRun(engine, dagId, { logicalDate: parseInstant(LOGICAL_DATE) });
  const run = await testDag(dag, { logicalDate: LOGICAL_DATE, runType: "manual" });
  expect(run.state).toBe(state);
  expect(byName(run, (one) => one.state)).toEqual(states);
  const causes = await causesOf(engine, runId);
  expect(byName(run, (one) => one.reason)).toEqual(
    Object.fromEntries(Object.keys(states).map((name) => [name, causes[name]?.message])),
  );
  for (const { taskId, mapIndex, result } of run.instances) {
    const stored = await resultOf(engine, runId, taskId, mapIndex);
    expect(stored, `${taskId}[${mapIndex}]`).toEqual(result === undefined ? undefined : jsonHalf(result));
  }
});

function byName<T>(run: DagRunResult, value: (one: DagRunResult["instances"][number]) => T): Record<string, T> {
  return Object.fromEntries(
    run.instances.map((one) => [one.mapIndex < 0 ? one.taskId : `${one.taskId}[${one.mapIndex}]`, value(one)]),
  );
}

/** A stored value as programs read it that know only JSON. */
function jsonHalf(value: unknown): unknown {
  return value instanceof Map ? [...value] : (JSON.parse(JSON.stringify(value)) as unknown);
}
