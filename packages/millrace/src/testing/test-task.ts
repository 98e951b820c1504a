import {
  buildDag,
  dag,
  formatInstant,
  isMillraceError,
  MillraceError,
  type BuiltDag,
  type DagDefinition,
  type Dispatch,
  type EngineStore,
  type Operator,
  type WorkerCalls,
} from "@millrace/core";
import { trialDispatch } from "@millrace/engine";
import { isMapped, readStored, storeOfGiven, tryDispatch, type TriedDispatch } from "@millrace/engine/testing";
import { linesOf } from "./collect-result.ts";
import { getBody, withFakes, type Sleep } from "./fake-bodies.ts";
import { OtherDags } from "./other-dags.ts";
import { planTestRun, type PlannedTestRun } from "./plan-test-run.ts";
import type { TaskResult } from "./task-result.ts";
import type { TestTaskOptions } from "./test-options.ts";

/** The run that a tested task is in. */
const RUN_ID = 1;
const MOST_INSTANCES = 100_000;

/**
 * Runs one try of a task in this process, with the worker's own code around its body: templates rendered strictly, params and options checked, the
 * result encoded as it would be stored and decoded again. Waits pass at once.
 *
 * @throws MillraceError NOT_FOUND without such a task; BAD_ARGUMENT naming inputs that have no value, or an option that does not fit; BAD_PARAM.
 */
export async function testTask(
  definition: DagDefinition,
  taskId: string,
  options: TestTaskOptions = {},
): Promise<TaskResult> {
  return await tryInstance(prepare(definition, taskId, options), options.mapIndex);
}

/**
 * Runs every instance of a mapped task as {@link testTask} runs one, in index order.
 *
 * @throws MillraceError as {@link testTask}; BAD_ARGUMENT for a task that is not mapped.
 */
export async function testMappedTask(
  definition: DagDefinition,
  taskId: string,
  options: Omit<TestTaskOptions, "mapIndex"> = {},
): Promise<readonly TaskResult[]> {
  const prepared = prepare(definition, taskId, options);
  if (!isMapped(prepared.dag, taskId))
    throw new MillraceError("BAD_ARGUMENT", `${taskId} of ${definition.dagId} is not mapped: test it with testTask`);
  const results: TaskResult[] = [];
  while (results.length < MOST_INSTANCES) {
    const dispatch = await dispatchOf(prepared, results.length, { beyondTheEnd: results.length > 0 });
    if (dispatch === undefined) break;
    results.push(await run(prepared, dispatch));
  }
  return results;
}

/** Runs one try of an operator with these options, in a task of its own: as {@link testTask}. */
export async function testOperator(
  call: Operator<unknown>,
  options: Omit<TestTaskOptions, "mapIndex" | "bodies"> = {},
): Promise<TaskResult> {
  const alone = dag("test_dag", ({ task }) => void task("test_task", call));
  return await testTask(alone, "test_task", options);
}

interface Prepared {
  readonly dag: BuiltDag;
  readonly taskId: string;
  readonly options: TestTaskOptions;
  readonly planned: PlannedTestRun;
  readonly store: EngineStore;
  readonly others: OtherDags;
  /** Set when there is a clock to sleep by. */
  readonly sleeper: { sleep?: Sleep };
}

function prepare(definition: DagDefinition, taskId: string, options: TestTaskOptions): Prepared {
  const built = buildDag(definition);
  const planned = planTestRun(built.graph, options);
  const sleeper: Prepared["sleeper"] = {};
  const faked = withFakes(built, options, async (micros, signal) => await sleeper.sleep?.(micros, signal));
  const given = { results: options.results ?? {}, xcoms: options.xcoms ?? {} };
  for (const name of [...Object.keys(given.results), ...Object.keys(given.xcoms)]) getBody(built, name);
  // Nothing else of a store is asked for by one try.
  const store = storeOfGiven(built, planned.newRun, given) as EngineStore;
  return {
    dag: faked,
    taskId,
    options,
    planned,
    store,
    sleeper,
    others: new OtherDags(options.otherDags ?? {}, () => planned.now),
  };
}

async function tryInstance(prepared: Prepared, mapIndex = -1): Promise<TaskResult> {
  if (mapIndex < 0 && isMapped(prepared.dag, prepared.taskId) && prepared.options.input === undefined)
    throw new MillraceError(
      "BAD_ARGUMENT",
      `${prepared.taskId} is mapped: say which mapIndex, or test all of them with testMappedTask`,
    );
  const dispatch = (await dispatchOf(prepared, mapIndex, { beyondTheEnd: false })) as Dispatch;
  return await run(prepared, dispatch);
}

/** @returns undefined beyond the end of what is mapped over, if that was asked for. */
async function dispatchOf(
  { dag, taskId, options, planned, store }: Prepared,
  mapIndex: number,
  { beyondTheEnd }: { readonly beyondTheEnd: boolean },
): Promise<Dispatch | undefined> {
  const { newRun, now } = planned;
  const found = { dagId: dag.graph.dagId, file: "", bundleHash: "", graphHash: "", graph: dag.graph, lockHash: "" };
  let made: Dispatch;
  try {
    made = await trialDispatch({
      dag: found,
      taskId,
      mapIndex,
      logicalDate: newRun.logicalDate,
      now,
      from: { runId: RUN_ID, store },
      inputs: options.input ?? {},
    });
  } catch (error) {
    if (isMillraceError(error) && Array.isArray(error.details?.missing)) {
      if (beyondTheEnd) return undefined;
      throw missingInputs(dag, taskId, error.details.missing as readonly string[]);
    }
    throw error;
  }
  const items = Object.values(made.items ?? {});
  if (beyondTheEnd && items.length > 0 && items.every(({ kind }) => kind === "filled")) return undefined;
  const task = dag.graph.tasks.find((one) => one.taskId === taskId);
  const { isTest: _isTest, ...dispatch } = made;
  const { intervalStart, intervalEnd, runType, triggeredBy, conf } = newRun;
  const assetEvents = planned.assetEvents.length > 0 ? { assetEvents: planned.assetEvents } : {};
  return {
    ...dispatch,
    tryNumber: options.tryNumber ?? 1,
    maxTries: task?.retries ?? 0,
    run: {
      ...dispatch.run,
      runKey: newRun.runKey,
      intervalStart,
      intervalEnd,
      runType,
      triggeredBy,
      conf,
      ...assetEvents,
    },
  };
}

function missingInputs({ graph }: BuiltDag, taskId: string, missing: readonly string[]): MillraceError {
  const task = graph.tasks.find((one) => one.taskId === taskId);
  const sources = missing.flatMap((name) => {
    const input = task?.inputs[name];
    return input === undefined ? [] : [graph.tasks[input.task].taskId];
  });
  const results =
    sources.length === 0
      ? ""
      : `, or results: { ${[...new Set(sources)].map((id) => `${JSON.stringify(id)}: …`).join(", ")} }`;
  const input = missing.map((name) => `${JSON.stringify(name)}: …`).join(", ");
  return new MillraceError(
    "BAD_ARGUMENT",
    `${taskId} needs ${missing.join(", ")}: give the test input: { ${input} }${results}`,
  );
}

async function run(prepared: Prepared, dispatch: Dispatch): Promise<TaskResult> {
  const { dag, planned, others, sleeper } = prepared;
  const tried = await tryDispatch({
    dispatch,
    dag,
    now: planned.now,
    calls: callsOf(prepared),
    onSleeper: (sleep) => (sleeper.sleep = sleep),
  });
  others.throwFault();
  return await resultOf(dispatch, tried);
}

function callsOf({ planned, store, others }: Prepared): Omit<WorkerCalls, "bundle"> {
  const past = {
    datedResults: async () => undefined,
    assetEvents: async () => planned.assetEvents,
  };
  return {
    ...others.calls(),
    ...past,
    async results({ taskId, key, mapIndex, from, limit }) {
      const wanted = {
        runId: RUN_ID,
        taskId,
        ...(key !== undefined && { key }),
        ...(mapIndex !== undefined && { mapIndex }),
      };
      const [values] = await store.readResults([wanted]);
      return values.slice(from, from + limit);
    },
    variable: async (_dispatchId, key) => planned.variables.get(key),
    connection: async (_dispatchId, connectionId) => planned.connections.get(connectionId),
    previousSuccess: async () => planned.previousSuccess,
  };
}

async function resultOf(
  { taskId, mapIndex, tryNumber, maxTries }: Dispatch,
  { outcome, report, executions, blobs }: TriedDispatch,
): Promise<TaskResult> {
  const startedAt = executions[0].startedAt;
  const seconds = (report.endedAt - startedAt) / 1_000_000;
  const common = {
    taskId,
    mapIndex,
    tryNumber,
    ...(report.rendered !== undefined && { rendered: JSON.parse(report.rendered) as Record<string, unknown> }),
    ...(report.mapName !== undefined && { mapName: report.mapName }),
    logs: executions.flatMap(({ lines }) => linesOf(lines)),
    startedAt: formatInstant(startedAt),
    endedAt: formatInstant(report.endedAt),
    elapsedSeconds: seconds,
    starts: executions.length,
  };
  if (outcome.kind !== "success") {
    const mayRetry = outcome.kind === "failed" && outcome.retry !== "never" && tryNumber <= maxTries;
    const { message: reason, code } = outcome.cause;
    return {
      ...common,
      state: outcome.kind === "skipped" ? "skipped" : mayRetry ? "up_for_retry" : "failed",
      reason,
      code,
      ...(mayRetry && typeof outcome.retry === "number" && { retryAfterSeconds: outcome.retry / 1_000_000 }),
      result: undefined,
      xcoms: {},
      assets: [],
    };
  }
  const { result, choice, xcoms = [], assets = [] } = outcome;
  const pushed = xcoms.map(async ({ key, value }) => [key, await readStored(value, blobs)]);
  return {
    ...common,
    state: "success",
    result: result === undefined ? undefined : await readStored(result, blobs),
    ...(choice !== undefined && { chosen: choice }),
    xcoms: Object.fromEntries(await Promise.all(pushed)) as Record<string, unknown>,
    assets: assets.map(({ extra, ...asset }) => ({
      ...asset,
      extra: extra === null ? {} : (JSON.parse(extra) as Record<string, unknown>),
    })),
  };
}
