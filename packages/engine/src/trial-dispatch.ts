import { randomUUID } from "node:crypto";
import {
  compileGraph,
  createRun,
  decodeValue,
  encodeValue,
  findBlobKey,
  lengthOf,
  apply,
  manualInterval,
  MillraceError,
  type CompiledGraph,
  type Dispatch,
  type DispatchInput,
  type DispatchItem,
  type EngineStore,
  type FoundDag,
  type GraphEach,
  type Micros,
  type Run,
  type SystemRules,
} from "@millrace/core";
import { buildDispatch } from "./scheduler/build-dispatches.ts";
import { InputReader } from "./scheduler/dispatch-inputs.ts";
import { runFromRows } from "./scheduler/owned-dags.ts";
import { RecentResults } from "./scheduler/recent-results.ts";

/** One task to run alone. */
export interface TrialOptions {
  readonly dag: FoundDag;
  readonly taskId: string;
  /** -1 = not mapped. */
  readonly mapIndex: number;
  readonly logicalDate: Micros;
  readonly now: Micros;
  /** JSON text of an object. */
  readonly conf?: string;
  /** Where the results of its upstream tasks are read from: the run, and the store that has it. */
  readonly from?: { readonly runId: number; readonly store: EngineStore };
  /** Values by input (or element) name; they come before the run's. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Default: the rules of a system where nobody decided anything. */
  readonly rules?: SystemRules;
}

/**
 * Makes the dispatch of one task as an engine would, with its inputs from an earlier run or from the caller. Nothing is written.
 *
 * @throws MillraceError BAD_ARGUMENT naming the inputs that have no value, or that the task does not have.
 */
export async function trialDispatch(options: TrialOptions): Promise<Dispatch> {
  const { dag, taskId, mapIndex, now } = options;
  const compiled = compileGraph(dag.graph, options.rules);
  const task = compiled.indexOf.get(taskId);
  if (task === undefined) throw new MillraceError("NOT_FOUND", `the DAG ${dag.dagId} has no task ${taskId}`);
  const run = (await earlierRun(options, compiled)) ?? emptyRun(options, compiled);
  const slot = run.length;
  const values = { tryNumber: 1, maxTries: 0, restarts: 0, dispatchId: randomUUID().replaceAll("-", "") };
  run.write(slot, { task, mapIndex, state: "queued", ...values });
  const reader = new InputReader(new RecentResults(), options.from?.store ?? NO_RESULTS);
  reader.want(run, slot);
  await reader.read();
  const version = { bundleHash: dag.bundleHash, graphHash: dag.graphHash, compiled, isRead: [] };
  const dispatch = buildDispatch({ run, slot, version, isLatest: true }, reader);
  const { logicalDate } = options;
  return withGiven(
    {
      ...dispatch,
      isTest: true,
      run: {
        ...dispatch.run,
        logicalDate,
        ...manualInterval(dag.graph.dag.schedule, logicalDate),
        conf: options.conf ?? dispatch.run.conf,
        startedAt: now,
      },
    },
    options.inputs,
    compiled,
  );
}

type Results = Pick<EngineStore, "readResults">;
const NO_RESULTS = {
  readResults: (keys) => Promise.resolve(keys.map(() => [])),
} satisfies Results as unknown as EngineStore;

async function earlierRun({ from }: TrialOptions, compiled: CompiledGraph): Promise<Run | undefined> {
  const rows = await from?.store.loadRun(from.runId);
  return rows && runFromRows(rows.run, rows.instances, compiled);
}

function emptyRun({ dag, logicalDate, now, conf }: TrialOptions, compiled: CompiledGraph): Run {
  const newRun = {
    dagId: dag.dagId,
    runKey: "test",
    runType: "manual" as const,
    dagVersion: 0,
    logicalDate,
    ...manualInterval(dag.graph.dag.schedule, logicalDate),
    runAfter: now,
    conf: conf ?? null,
    triggeredBy: "test",
  };
  const { run, draft } = createRun({ runId: 0, newRun, compiled, now, start: false });
  apply(run, draft);
  return run;
}

/** Puts the caller's values in, and refuses inputs without one. */
function withGiven(dispatch: Dispatch, given: TrialOptions["inputs"], compiled: CompiledGraph): Dispatch {
  const task = compiled.indexOf.get(dispatch.taskId) as number;
  const inputs: Record<string, DispatchInput> = {};
  for (const [name, input] of Object.entries(dispatch.inputs))
    inputs[name] = isEmpty(input) ? { kind: "absent" } : input;
  const items: Record<string, DispatchItem> = {};
  for (const { name } of eachOf(compiled, task)?.sources ?? []) items[name] = inRange(dispatch.items?.[name]);
  for (const [name, value] of Object.entries(given)) {
    const join = compiled.tasks[task].inputs[name]?.join;
    if (join === undefined && !(name in items))
      throw unknownInput(dispatch, name, [...Object.keys(inputs), ...Object.keys(items)]);
    if (join === undefined) items[name] = { kind: "value", value: encodeValue(value) };
    else inputs[name] = givenInput(value, { join, name, taskId: dispatch.taskId });
  }
  const missing = [...Object.entries(inputs), ...Object.entries(items)].flatMap(([name, { kind }]) =>
    kind === "absent" ? [name] : [],
  );
  if (missing.length > 0) throw missingInputs(dispatch, missing, Object.keys(items));
  return { ...dispatch, inputs, ...(Object.keys(items).length > 0 && { items }) };
}

function givenInput(
  value: unknown,
  to: { readonly join: "value" | "list" | "stream"; readonly name: string; readonly taskId: string },
): DispatchInput {
  if (to.join === "value") return { kind: "value", value: encodeValue(value) };
  if (Array.isArray(value)) return { kind: "list", values: value.map((element) => encodeValue(element)) };
  throw new MillraceError(
    "BAD_ARGUMENT",
    `the input ${to.name} of ${to.taskId} is a list: its upstream task is mapped`,
  );
}

/** No instance of a mapped upstream task has succeeded: more likely it has not run than that it had nothing to do. */
function isEmpty(input: DispatchInput): boolean {
  return (input.kind === "list" && input.values.length === 0) || (input.kind === "ask" && input.count === 0);
}

/** An element beyond the end of its list is none. */
function inRange(item: DispatchItem | undefined): DispatchItem {
  if (item === undefined) return { kind: "absent" };
  if (item.kind !== "item" || item.path !== undefined || findBlobKey(item.value) !== undefined) return item;
  const length = lengthOf(decodeValue(item.value));
  return length !== undefined && item.index >= length ? { kind: "absent" } : item;
}

function eachOf(compiled: CompiledGraph, task: number): GraphEach | undefined {
  const group = compiled.scope[task];
  return group >= 0 ? compiled.graph.groups[group].each : compiled.tasks[task].each;
}

function missingInputs(
  { taskId, mapIndex }: Dispatch,
  missing: readonly string[],
  elements: readonly string[],
): MillraceError {
  const give = `Give it: ${missing.map((name) => `--input '${name}=<json>'`).join(" ")}`;
  const isMapped = missing.some((name) => elements.includes(name));
  const which = mapIndex < 0 ? "no map index was chosen" : `there is no element ${mapIndex}`;
  const why = isMapped ? `it is mapped, and ${which}` : "no run has a result for it";
  const hint = isMapped ? `Choose one with --map-index, or give it: ${give.slice(9)}` : give;
  return new MillraceError("BAD_ARGUMENT", `${taskId} needs ${missing.join(", ")}: ${why}`, {
    details: { missing, hint },
  });
}

function unknownInput({ taskId }: Dispatch, name: string, known: readonly string[]): MillraceError {
  const has = known.length === 0 ? "it has none" : `it has ${known.join(", ")}`;
  return new MillraceError("BAD_ARGUMENT", `${taskId} has no input ${name}: ${has}`);
}
