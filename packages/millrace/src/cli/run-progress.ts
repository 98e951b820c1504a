import { isTerminal, type Queries, type RunDetail, type TaskInstanceSummary, type TaskState } from "@millrace/core";
import { paintState, stateSign } from "./output/paint-state.ts";
import { showSpan } from "./output/show-time.ts";
import type { Terminal } from "./terminal.ts";

/** Instances of one mapped task that are told one by one; beyond that only failures are. */
const MAPPED_LINES = 20;

/** One instance's new state. */
export interface InstanceNews {
  readonly taskId: string;
  readonly mapIndex: number;
  readonly state: TaskState;
}

/** Tells how a run goes: a line for each task instance that ends or fails, and one live line of what runs. */
export class RunProgress {
  readonly #terminal: Terminal;
  readonly #queries: Pick<Queries, "listTaskInstances">;
  readonly #runId: number;
  readonly #running = new Set<string>();
  readonly #told = new Map<string, number>();

  constructor(options: {
    readonly terminal: Terminal;
    readonly queries: Pick<Queries, "listTaskInstances">;
    readonly runId: number;
  }) {
    this.#terminal = options.terminal;
    this.#queries = options.queries;
    this.#runId = options.runId;
  }

  /** Tells of new states, oldest first. */
  async tell(news: readonly InstanceNews[]): Promise<void> {
    const known = new Map<string, readonly TaskInstanceSummary[]>();
    for (const each of news) {
      const label = labelOf(each);
      if (each.state === "running") this.#running.add(label);
      else this.#running.delete(label);
      if (!isWorthALine(each.state) || !this.#mayTell(each)) continue;
      let instances = known.get(each.taskId);
      if (!instances) known.set(each.taskId, (instances = await this.#read(each.taskId)));
      this.#line(
        label,
        each.state,
        instances.find(({ mapIndex }) => mapIndex === each.mapIndex),
      );
    }
  }

  /** Shows in the live line how far the run is. */
  status(run: Pick<RunDetail, "state" | "counts">): void {
    const counts = Object.entries(run.counts) as [TaskState, number][];
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    const done = counts.reduce((sum, [state, count]) => sum + (isTerminal(state) ? count : 0), 0);
    const names = [...this.#running];
    const running =
      names.length === 0
        ? ""
        : `, running: ${names.slice(0, 5).join(", ")}${names.length > 5 ? `, and ${names.length - 5} more` : ""}`;
    this.#terminal.status(
      run.state === "queued" ? "waiting for its turn" : `${done} of ${total} task instances done${running}`,
    );
  }

  #mayTell({ taskId, mapIndex, state }: InstanceNews): boolean {
    if (mapIndex < 0 || state === "failed") return true;
    const told = (this.#told.get(taskId) ?? 0) + 1;
    this.#told.set(taskId, told);
    if (told === MAPPED_LINES + 1)
      this.#terminal.say(`  ${this.#terminal.paintTalk.dim(`· ${taskId}: from here on only failures`)}`);
    return told <= MAPPED_LINES;
  }

  async #read(taskId: string): Promise<readonly TaskInstanceSummary[]> {
    return (await this.#queries.listTaskInstances({ runId: this.#runId, taskId, limit: 1_000 })).items;
  }

  #line(label: string, state: TaskState, instance: TaskInstanceSummary | undefined): void {
    const paint = this.#terminal.paintTalk;
    const span =
      instance?.startedAt !== undefined && instance.endedAt !== undefined
        ? ` ${paint.dim(showSpan(instance.endedAt - instance.startedAt))}`
        : "";
    const attempt =
      instance && instance.maxTries > 0 && instance.tryNumber > 0 && state !== "success"
        ? ` ${paint.dim(`try ${instance.tryNumber} of ${instance.maxTries + 1}`)}`
        : "";
    const cause = instance?.cause && state !== "success" ? `: ${instance.cause.message}` : "";
    this.#terminal.say(`  ${stateSign(state, paint)} ${label} ${paintState(state, paint)}${span}${attempt}${cause}`);
  }
}

/** `task` or `task[3]`. */
export function labelOf({ taskId, mapIndex }: { readonly taskId: string; readonly mapIndex: number }): string {
  return mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`;
}

function isWorthALine(state: TaskState): boolean {
  return isTerminal(state) || state === "up_for_retry";
}
