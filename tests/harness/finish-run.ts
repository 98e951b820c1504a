import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "@millrace/core";
import { compileDags } from "./compile-dags.ts";
import type { EngineHarness } from "./engine-harness.ts";

/** A run that has ended, and how. */
export interface FinishedRun {
  readonly runId: number;
  readonly runKey: string;
  readonly state: "success" | "failed";
  /** `task` or `task[index]` → state. */
  readonly states: Readonly<Record<string, string>>;
}

/** Saves DAG files of `tests/e2e/dags` by name. */
export async function deployFiles(engine: EngineHarness, ...names: readonly string[]): Promise<void> {
  const folder = join(import.meta.dirname, "../e2e/dags");
  const files = names.map(async (name) => compileDags(await readFile(join(folder, name), "utf8"), name));
  await engine.deploy(...(await Promise.all(files)));
}

/** Triggers a DAG and waits for the run's end. */
export async function finishRun(
  engine: EngineHarness,
  dagId: string,
  wish: Omit<Extract<Command, { kind: "trigger" }>, "kind"> = {},
): Promise<FinishedRun> {
  const { runId, runKey } = await engine.trigger(dagId, wish);
  const state = await engine.ended(runId);
  return { runId, runKey, state, states: await engine.states(runId) };
}

/** The result of a task instance, `undefined` when it has none. */
export async function resultOf(engine: EngineHarness, runId: number, taskId: string, mapIndex = -1): Promise<unknown> {
  const found = await engine.store.queries.findXCom({ runId, taskId, mapIndex });
  return found === undefined ? undefined : (JSON.parse(found.json) as unknown);
}

/** Code and sentence of why each instance ended as it did, by `task` or `task[index]`. */
export async function causesOf(
  engine: EngineHarness,
  runId: number,
): Promise<Readonly<Record<string, { readonly code: string; readonly message: string }>>> {
  const { items } = await engine.store.queries.listTaskInstances({ runId, limit: 1_000 });
  return Object.fromEntries(
    items.flatMap(({ taskId, mapIndex, cause }) =>
      cause ? [[mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`, { code: cause.code, message: cause.message }]] : [],
    ),
  );
}

/** Most instances that fit and were queued or running at the same time, over all these runs: read from what was committed (R2). */
export async function mostAtOnce(
  engine: EngineHarness,
  runIds: readonly number[],
  fits: (taskId: string) => boolean = () => true,
): Promise<number> {
  const active = new Set<string>();
  let most = 0;
  for (const commit of await commitsOf(engine, runIds)) {
    for (const { runId, taskId, mapIndex, state } of commit) {
      if (!fits(taskId)) continue;
      const key = `${runId}/${taskId}/${mapIndex}`;
      if (["queued", "running", "restarting"].includes(state)) active.add(key);
      else active.delete(key);
    }
    most = Math.max(most, active.size);
  }
  return most;
}

/** A new state of a task instance. */
export interface StateChange {
  readonly runId: number;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly state: string;
}

/** The state changes of these runs, commit by commit (R2): what is in one list became true together. */
export async function commitsOf(
  engine: EngineHarness,
  runIds: readonly number[],
): Promise<readonly (readonly StateChange[])[]> {
  const changes = await Promise.all(runIds.map((runId) => engine.store.queries.listChanges(runId, 0)));
  const sorted = changes.flat().sort((a, b) => a.at - b.at || a.version - b.version);
  return [...Map.groupBy(sorted, ({ at }) => at).values()].map((commit) =>
    commit.flatMap(({ runId, changes: text }) => {
      const { ti = [] } = JSON.parse(text) as { readonly ti?: readonly (readonly [string, number, string])[] };
      return ti.map(([taskId, mapIndex, state]) => ({ runId, taskId, mapIndex, state }));
    }),
  );
}

/** Clears task instances of a run that has ended, and waits for its end. */
export async function clearRun(
  engine: EngineHarness,
  dagId: string,
  run: { readonly runId: number; readonly runKey: string },
  command: Pick<Extract<Command, { kind: "clear" }>, "select"> & { readonly version?: "newest" | "same" },
): Promise<Pick<FinishedRun, "state" | "states">> {
  const { clearNumber } = (await engine.store.engine.loadRun(run.runId))?.run ?? { clearNumber: 0 };
  await engine.send(dagId, { kind: "clear", runKey: run.runKey, version: "same", ...command });
  const { run: cleared } = (await engine.store.engine.loadRun(run.runId)) ?? {};
  if (cleared?.clearNumber !== clearNumber + 1) throw new Error(`clearing did not reopen ${run.runKey}`);
  return { state: await engine.ended(run.runId), states: await engine.states(run.runId) };
}
