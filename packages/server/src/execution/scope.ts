// R3. What a dispatch may see and say is what its task instance may: its own run, what the task declares, and nothing of others.
import type { Dispatch, GraphTask, Report, WorkerCalls } from "@millrace/core";
import { Problem } from "../http/problem.ts";

/** Whose a request is, and what its task declares. */
export interface Scope {
  readonly dispatch: Dispatch;
  readonly task: GraphTask;
}

/** What a worker sends with a question. */
export interface Asked {
  readonly bundleHash?: string;
  readonly taskId?: string;
  readonly key?: string;
  readonly connectionId?: string;
  readonly mapIndex?: number;
  readonly from?: number;
  readonly limit?: number;
  readonly dagId?: string;
  readonly logicalDate?: number;
  readonly orBefore?: boolean;
  readonly runKey?: string;
  readonly conf?: string;
  readonly uris?: readonly string[];
  readonly taskIds?: readonly string[];
  readonly groupId?: string;
}

type Answerer = (calls: WorkerCalls, scope: Scope, asked: Asked) => Promise<unknown>;

const PAGE = 1_000;

/** How each question is answered, within the scope of the dispatch that asks. @throws Problem 403 beyond it, 400 when something is missing */
export const ANSWERERS: Readonly<Record<keyof WorkerCalls, Answerer>> = {
  bundle: async (calls, { dispatch }, { bundleHash }) => {
    if (bundleHash !== dispatch.bundleHash) throw refused("this dispatch runs another bundle");
    return await calls.bundle(dispatch.bundleHash);
  },
  results: async (calls, { dispatch: { dispatchId } }, { from = 0, limit = PAGE, ...asked }) => {
    const taskId = need(asked.taskId, "taskId");
    return await calls.results({ ...only(asked, "key", "mapIndex"), dispatchId, taskId, from, limit });
  },
  datedResults: async (calls, { dispatch: { dispatchId, dagId } }, asked) => {
    if (asked.dagId !== dagId) throw refused(`a task on another machine reads XComs of its own DAG alone, ${dagId}`);
    const question = {
      taskId: need(asked.taskId, "taskId"),
      logicalDate: need(asked.logicalDate, "logicalDate"),
      orBefore: asked.orBefore ?? false,
    };
    return await calls.datedResults({ ...only(asked, "key", "mapIndex"), ...question, dagId, dispatchId });
  },
  assetEvents: async (calls, { dispatch: { dispatchId }, task }, { uris = [] }) => {
    const foreign = uris.find((uri) => !task.inlets.includes(uri));
    if (foreign !== undefined) throw refused(`${foreign} is not among the inlets of ${task.taskId}`);
    return await calls.assetEvents({ dispatchId, uris });
  },
  variable: async (calls, { dispatch: { dispatchId }, task }, asked) => {
    const key = need(asked.key, "key");
    if (task.variables?.includes(key) !== true) throw undeclared("variable", key, task);
    return await calls.variable(dispatchId, key);
  },
  connection: async (calls, { dispatch: { dispatchId }, task }, asked) => {
    const connectionId = need(asked.connectionId, "connectionId");
    if (task.connections?.includes(connectionId) !== true) throw undeclared("connection", connectionId, task);
    return await calls.connection(dispatchId, connectionId);
  },
  trigger: async (calls, scope, asked) => {
    const { dispatchId, dagId, run, taskId, mapIndex } = scope.dispatch;
    const other = otherDag(scope, asked, "triggers");
    // Who asks is not what the worker says, but whose the dispatch is.
    const by = { dagId, runKey: run.runKey, logicalDate: run.logicalDate, taskId, mapIndex };
    return await calls.trigger({
      ...only(asked, "runKey", "key", "logicalDate", "conf"),
      dispatchId,
      by,
      dagId: other,
    });
  },
  clearRun: async (calls, scope, asked) => {
    const dagId = otherDag(scope, asked, "triggers");
    await calls.clearRun({ dispatchId: scope.dispatch.dispatchId, dagId, runKey: need(asked.runKey, "runKey") });
  },
  previousSuccess: async (calls, { dispatch: { dagId, run } }) =>
    await calls.previousSuccess({ dagId, logicalDate: run.logicalDate }),
  stateOf: async (calls, scope, asked) =>
    await calls.stateOf({
      ...only(asked, "runKey", "logicalDate", "taskId", "mapIndex"),
      dagId: otherDag(scope, asked),
    }),
  look: async (calls, scope, asked) =>
    await calls.look({ ...only(asked, "runKey", "logicalDate", "taskIds", "groupId"), dagId: otherDag(scope, asked) }),
};

/**
 * The report as the engine may have it: of this dispatch, with XComs and updates that are the task's own. Where its log lies only the server knows.
 *
 * @throws Problem 403 for one that speaks of another dispatch, or of values that are not its own
 */
export function scopedReport(
  { dispatch, task }: Scope,
  { log: _, ...report }: Report & { readonly log?: unknown },
): Report {
  const { dispatchId, run, taskId, mapIndex } = dispatch;
  if (report.dispatchId !== dispatchId || report.runId !== run.runId)
    throw refused("the report is of another dispatch than the one that sends it");
  if (report.kind !== "ended" || report.outcome.kind !== "success") return report;
  const { xcoms, assets, result } = report.outcome;
  for (const value of [result, ...(xcoms ?? []).map((xcom) => xcom.value)]) {
    const key = value?.meta?.startsWith("blob:") === true ? value.meta.slice("blob:".length) : undefined;
    if (key !== undefined && !isOwnBlob(dispatch, key))
      throw refused("a large value must lie where its task keeps values");
  }
  const own = { taskId, mapIndex };
  return {
    ...report,
    outcome: {
      ...report.outcome,
      ...(xcoms && { xcoms: xcoms.map((xcom) => ({ ...xcom, ...own })) }),
      ...(assets && {
        assets: assets.filter(({ uri }) => task.outlets.includes(uri)).map((update) => ({ ...update, ...own })),
      }),
    },
  };
}

/** True for keys of large values below the folder of the dispatch's task. */
export function isOwnBlob({ run, taskId }: Dispatch, key: string): boolean {
  const [root, runId, folder, name, ...more] = key.split("/");
  return (
    root === "runs" &&
    runId === String(run.runId) &&
    folder === (taskId.replaceAll(/[^A-Za-z0-9._-]/g, "_").replaceAll(/^\.+/g, "_") || "_") &&
    name !== undefined &&
    !name.startsWith(".") &&
    more.length === 0
  );
}

/** The run that a large value belongs to; undefined for keys that are no values of runs. */
export function runOfBlob(key: string): number | undefined {
  const found = /^runs\/(\d{1,15})\/[^/]+\/[^/]+$/.exec(key)?.[1];
  return found === undefined || key.includes("..") ? undefined : Number(found);
}

function otherDag({ dispatch, task: { otherDag, taskId } }: Scope, { dagId }: Asked, does?: "triggers"): string {
  const asked = need(dagId, "dagId");
  const isOwn = does === undefined && asked === dispatch.dagId;
  if (isOwn || (otherDag?.dagId === asked && (does === undefined || otherDag.does === does))) return asked;
  throw refused(
    `${taskId} runs on another machine and may ${does === "triggers" ? "start runs of" : "look at"} the DAG that its operator names in its options alone, not ${asked}`,
  );
}

function undeclared(what: "variable" | "connection", name: string, { taskId }: GraphTask): Problem {
  return refused(`${taskId} does not declare the ${what} ${name}: add ${what}s: ["${name}"] to its options`);
}

function refused(detail: string): Problem {
  return new Problem(403, { detail });
}

function need<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Problem(400, { detail: `body ${name}: it is missing` });
  return value;
}

function only<K extends keyof Asked>(
  asked: Asked,
  ...keys: readonly K[]
): { readonly [Key in K]?: NonNullable<Asked[Key]> } {
  return Object.fromEntries(keys.filter((key) => asked[key] !== undefined).map((key) => [key, asked[key]])) as {
    readonly [Key in K]?: NonNullable<Asked[Key]>;
  };
}
