import {
  formatInstant,
  MillraceError,
  parseInstant,
  type Micros,
  type RunState,
  type TaskState,
  type TriggerAsk,
  type WorkerCalls,
} from "@millrace/core";
import type { OtherDag, OtherRun } from "./test-options.ts";

/** A run of another DAG that a task has asked for. */
export interface TriggeredRequest {
  readonly dagId: string;
  readonly runId: string;
  readonly logicalDate: string;
  readonly conf: Readonly<Record<string, unknown>>;
  /** The task that asked. */
  readonly byTask: string;
}

type Ask = Parameters<WorkerCalls["stateOf"]>[0];
type SeenRun = OtherRun & { readonly runKey: string; readonly at: Micros };

/** Answers what tasks ask of DAGs that are not part of the test. What the test did not say fails the test, not only the task. */
export class OtherDags {
  readonly triggered: TriggeredRequest[] = [];
  /** Clears that tasks have asked for. */
  readonly cleared: { readonly dagId: string; readonly runId: string }[] = [];
  #firstFault: MillraceError | undefined;
  readonly #dags: Readonly<Record<string, OtherDag>>;
  readonly #now: () => Micros;

  constructor(dags: Readonly<Record<string, OtherDag>>, now: () => Micros) {
    this.#dags = dags;
    this.#now = now;
  }

  /** @throws MillraceError BAD_ARGUMENT when a task has asked what the test does not say. */
  throwFault(): void {
    if (this.#firstFault) throw this.#firstFault;
  }

  /** What stands for the engine's own answers. */
  calls(): Pick<WorkerCalls, "trigger" | "clearRun" | "stateOf" | "look"> {
    return {
      trigger: async (ask) => this.#trigger(ask),
      clearRun: async ({ dagId, runKey }) => {
        this.#run({ dagId, runKey }, "clears");
        this.cleared.push({ dagId, runId: runKey });
      },
      stateOf: async (ask) => {
        const run = this.#run(ask, "asks for the state of");
        if (run === undefined || ask.taskId === undefined) return run?.state;
        return this.#states(ask.dagId, ask.taskId, run)[Math.max(0, ask.mapIndex ?? 0)];
      },
      look: async (ask) => {
        const run = this.#run(ask, "looks at");
        if (run === undefined) return undefined;
        const taskIds = ask.taskIds ?? (ask.groupId === undefined ? [] : tasksOf(run, ask.groupId));
        const tasks = Object.fromEntries(
          taskIds.map((taskId) => [taskId, countStates(this.#states(ask.dagId, taskId, run))]),
        );
        return { runKey: run.runKey, logicalDate: run.at, state: run.state, tasks };
      },
    };
  }

  #trigger(ask: TriggerAsk): Awaited<ReturnType<WorkerCalls["trigger"]>> {
    const { dagId, conf, by } = ask;
    const key = JSON.stringify([dagId, by.taskId, by.mapIndex, ask.key ?? conf ?? ""]);
    const at = ask.logicalDate ?? this.#now();
    const runKey = ask.runKey ?? `triggered__${formatInstant(at)}`;
    const known = this.#triggeredBy.get(key);
    if (known) return { ...known, origin: "own" };
    this.#run({ dagId, runKey, logicalDate: at }, "triggers");
    const made = { runKey, logicalDate: at };
    this.#triggeredBy.set(key, made);
    const given = conf === undefined ? {} : (JSON.parse(conf) as TriggeredRequest["conf"]);
    this.triggered.push({ dagId, runId: runKey, logicalDate: formatInstant(at), conf: given, byTask: by.taskId });
    return { ...made, origin: "new" };
  }
  /** R9: the same request again, after a crash, finds the run that it has made. */
  readonly #triggeredBy = new Map<string, { readonly runKey: string; readonly logicalDate: Micros }>();

  #run(ask: Pick<Ask, "dagId" | "runKey" | "logicalDate">, what: string): SeenRun | undefined {
    const { dagId, runKey, logicalDate } = ask;
    if (!(dagId in this.#dags)) throw this.#fault(`a task ${what} the DAG ${dagId}`, `${dagId}: "success"`);
    const other = this.#dags[dagId];
    const made = this.triggered.find((one) => one.dagId === dagId && one.runId === runKey);
    const at = logicalDate ?? (made ? parseInstant(made.logicalDate) : this.#now());
    const question = {
      ...(runKey !== undefined && { runId: runKey }),
      ...(logicalDate !== undefined && { logicalDate: formatInstant(logicalDate) }),
      now: formatInstant(this.#now()),
    };
    const answer = typeof other === "function" ? other(question) : other;
    if (answer === undefined) return undefined;
    const run: OtherRun = typeof answer === "string" ? { state: answer satisfies RunState } : answer;
    const ownAt = run.logicalDate === undefined ? at : parseInstant(run.logicalDate);
    return { ...run, at: ownAt, runKey: run.runId ?? runKey ?? `scheduled__${formatInstant(ownAt)}` };
  }

  #states(dagId: string, taskId: string, { state, tasks }: OtherRun): readonly TaskState[] {
    const own = tasks?.[taskId];
    if (own !== undefined) return typeof own === "string" ? [own] : own;
    // Of a run that succeeded nothing else needs to be said.
    if (tasks === undefined && state === "success") return ["success"];
    throw this.#fault(
      `a task asks for the state of ${taskId} in the DAG ${dagId}`,
      `${dagId}: { state: "${state}", tasks: { ${JSON.stringify(taskId)}: "success" } }`,
    );
  }

  #fault(asked: string, say: string): MillraceError {
    const fault = new MillraceError(
      "BAD_ARGUMENT",
      `${asked}, and the test does not say what it finds: add otherDags: { ${say} }, or put the DAG itself into dags: [...]`,
    );
    this.#firstFault ??= fault;
    return fault;
  }
}

function tasksOf({ tasks = {} }: OtherRun, groupId: string): readonly string[] {
  return Object.keys(tasks).filter((taskId) => taskId.startsWith(`${groupId}.`));
}

function countStates(states: readonly TaskState[]): Partial<Record<TaskState, number>> {
  const counts: Partial<Record<TaskState, number>> = {};
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
