import { createHash } from "node:crypto";
import {
  formatInstant,
  MillraceError,
  nearName,
  type Command,
  type DagRow,
  type EngineStore,
  type Graph,
  type RunHeadRow,
  type TriggerAsk,
  type WorkerCalls,
} from "@millrace/core";

const ANSWER_TIMEOUT_MS = 10_000;

/** What {@link runCalls} stands on. */
export interface RunCallsOptions {
  readonly store: EngineStore;
  /** The run of a live dispatch. @throws MillraceError DISPATCH_DEAD */
  readonly liveRun: (dispatchId: string) => number;
}

/** What tasks ask of other DAGs. */
export function runCalls({
  store,
  liveRun,
}: RunCallsOptions): Pick<WorkerCalls, "trigger" | "clearRun" | "stateOf" | "look"> {
  const send = async (dagId: string, command: Command, by: string): Promise<void> => {
    const answer = await store.waitForAnswer(await store.send(dagId, command, by), ANSWER_TIMEOUT_MS);
    if (!answer.ok) throw new MillraceError(answer.code, answer.message);
  };
  return {
    async trigger(ask) {
      const runId = liveRun(ask.dispatchId);
      const { taskId, mapIndex } = ask.by;
      const firstTry = await store.findFirstTry({ runId, taskId, mapIndex });
      return await triggerOnce({ store, send }, ask, firstTry);
    },
    clearRun: async ({ dispatchId, dagId, runKey }) =>
      await send(dagId, { kind: "clear", runKey, select: {}, version: "newest" }, `run:${liveRun(dispatchId)}`),
    stateOf: (ask) => store.readState(ask),
    look: (ask) => look(store, ask),
  };
}

type Triggered = Awaited<ReturnType<WorkerCalls["trigger"]>>;

interface Sending {
  readonly store: EngineStore;
  readonly send: (dagId: string, command: Command, by: string) => Promise<void>;
}

/**
 * R9: a request is made unique by the task instance that makes it, since its last clear. A worker that dies between the trigger and its own
 * end asks again in its next try, and finds the run that it has started.
 */
async function triggerOnce({ store, send }: Sending, ask: TriggerAsk, firstTry: number): Promise<Triggered> {
  const { dagId, logicalDate, conf } = ask;
  const by = requester(ask, firstTry);
  const runKey = ask.runKey ?? runKeyOf(ask, by);
  const found = async (): Promise<Triggered | undefined> => {
    const run =
      (await store.findRun({ dagId, runKey })) ??
      (logicalDate === undefined ? undefined : await store.findRun({ dagId, logicalDate }));
    return (
      run && { runKey: run.runKey, logicalDate: run.logicalDate, origin: run.triggeredBy === by ? "own" : "other" }
    );
  };
  const before = await found();
  if (before) return before;
  // A DAG that does not exist has no owner who could say so.
  await knownDag(store, dagId);
  try {
    await send(
      dagId,
      {
        kind: "trigger",
        runKey,
        ...(logicalDate !== undefined && { logicalDate }),
        ...(conf !== undefined && { conf }),
      },
      by,
    );
  } catch (error) {
    // Somebody was quicker, perhaps an earlier dispatch of the same instance whose command waited in the inbox.
    const taken = error instanceof MillraceError && error.code === "CONFLICT" ? await found() : undefined;
    if (taken) return taken;
    throw error;
  }
  const made = (await store.findRun({ dagId, runKey })) as RunHeadRow;
  return { runKey: made.runKey, logicalDate: made.logicalDate, origin: "new" };
}

/** Who has triggered a run, as people read it: `task:orders/manual__2025-10-01T00:00:00+00:00/notify/-1/1`. */
function requester({ by }: TriggerAsk, firstTry: number): string {
  return `task:${by.dagId}/${by.runKey}/${by.taskId}/${by.mapIndex}/${firstTry}`;
}

function runKeyOf(ask: TriggerAsk, by: string): string {
  const text = JSON.stringify([by, ask.dagId, ask.key ?? ask.conf ?? ""]);
  return `triggered__${formatInstant(ask.by.logicalDate)}__${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
}

async function look(store: EngineStore, ask: Parameters<WorkerCalls["look"]>[0]): ReturnType<WorkerCalls["look"]> {
  const dag = await knownDag(store, ask.dagId);
  const run = await store.findRun(ask);
  const taskIds = await askedTasks(store, run?.dagVersion ?? dag.version, ask);
  if (run === undefined) return undefined;
  const tasks: Record<string, Record<string, number>> = Object.fromEntries(taskIds.map((taskId) => [taskId, {}]));
  if (taskIds.length > 0)
    for (const { taskId, state, count } of await store.countTaskStates(run.runId, taskIds))
      tasks[taskId][state] = count;
  return { runKey: run.runKey, logicalDate: run.logicalDate, state: run.state, tasks };
}

async function knownDag(store: EngineStore, dagId: string): Promise<DagRow> {
  const [dag] = await store.loadDags([dagId]);
  if (dag === undefined) throw new MillraceError("NOT_FOUND", `there is no DAG ${dagId}`);
  return dag;
}

async function askedTasks(
  store: EngineStore,
  version: number,
  ask: Parameters<WorkerCalls["look"]>[0],
): Promise<readonly string[]> {
  if (ask.groupId === undefined && (ask.taskIds ?? []).length === 0) return [];
  const { graph } = await store.loadGraph(ask.dagId, version);
  const known = graph.tasks.map((task) => task.taskId);
  for (const taskId of ask.taskIds ?? [])
    if (!known.includes(taskId)) throw missing(graph.dagId, `task ${taskId}`, nearName(taskId, known));
  return [...(ask.taskIds ?? []), ...(ask.groupId === undefined ? [] : tasksOfGroup(graph, ask.groupId))];
}

function tasksOfGroup(graph: Graph, groupId: string): readonly string[] {
  const ids = graph.groups.map((group) => group.groupId);
  const index = ids.indexOf(groupId);
  if (index < 0) throw missing(graph.dagId, `group ${groupId}`, nearName(groupId, ids));
  const isInside = (group: number | undefined): boolean =>
    group !== undefined && (group === index || isInside(graph.groups[group].parent));
  return graph.tasks.filter((task) => isInside(task.group)).map((task) => task.taskId);
}

function missing(dagId: string, what: string, near: string | undefined): MillraceError {
  return new MillraceError(
    "NOT_FOUND",
    `the DAG ${dagId} has no ${what}${near === undefined ? "" : `; did you mean ${near}?`}`,
  );
}
