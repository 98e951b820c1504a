import type { Queries, RunDetail } from "@millrace/core";
import type { CommittedRun } from "@millrace/engine";
import { paintState, stateSign } from "./output/paint-state.ts";
import { showSpan } from "./output/show-time.ts";
import { runTreeLines } from "./print-run-tree.ts";
import { labelOf } from "./run-progress.ts";
import type { Terminal } from "./terminal.ts";

/** More lines than a person can read in a second are counted instead. */
const LINES_PER_SECOND = 25;
const STATUS_MS = 200;
/** Causes that are not the task's: its try was cut short, and costs none. */
const CUT_SHORT: ReadonlySet<string> = new Set(["SCHEDULER_ENDED", "SHUTDOWN", "CLEARED_WHILE_RUNNING"]);

type Instance = CommittedRun["instances"][number];

/** Tells what a running Millrace does: runs that start and end, and tries that fail, with the command that shows why. */
export class SystemProgress {
  readonly #terminal: Terminal;
  readonly #startedAtMs = performance.now();
  readonly #running = new Map<string, string>();
  readonly #states = new Map<number, string>();
  /** DAGs whose next run is told with its tasks when it ends. */
  readonly #inFull: Set<string>;
  #queries: Queries | undefined;
  #waiting: CommittedRun[] = [];
  #telling: Promise<void> | undefined;
  #second = 0;
  #linesInSecond = 0;
  #untold = 0;
  #nextStatus: NodeJS.Timeout | undefined;

  constructor(terminal: Terminal, inFull: readonly string[] = []) {
    this.#terminal = terminal;
    this.#inFull = new Set(inFull);
  }

  /** Names of the tries that run now. */
  get runningTries(): readonly string[] {
    return [...this.#running.values()];
  }

  /** From here on it may look things up; what has happened before is told now. */
  begin(queries: Queries): void {
    this.#queries = queries;
    this.#tellSoon();
  }

  /** Takes note of commits; the telling follows at its own pace. */
  note(runs: readonly CommittedRun[]): void {
    for (const run of runs) {
      for (const instance of run.instances) this.#noteTry(run, instance);
      this.#waiting.push(run);
    }
    this.#tellSoon();
  }

  /** Resolves when everything is told. */
  async settle(): Promise<void> {
    while (this.#telling) await this.#telling;
    clearTimeout(this.#nextStatus);
    this.#terminal.status("");
    this.#tellUntold();
  }

  #noteTry(run: CommittedRun, instance: Instance): void {
    const key = `${run.runId} ${instance.taskId} ${instance.mapIndex}`;
    if (instance.state === "running") this.#running.set(key, `${run.dagId}.${labelOf(instance)}`);
    else this.#running.delete(key);
  }

  #tellSoon(): void {
    if (this.#queries === undefined || this.#waiting.length === 0) return;
    this.#telling ??= this.#tellAll(this.#queries)
      // The database may be gone for a while; the engine says so, and progress is no reason to end.
      .catch(() => undefined)
      .finally(() => {
        this.#telling = undefined;
        this.#tellSoon();
      });
  }

  async #tellAll(queries: Queries): Promise<void> {
    while (this.#waiting.length > 0) {
      const runs = this.#waiting;
      this.#waiting = [];
      for (const run of runs) await this.#tell(queries, run);
      this.#status();
    }
  }

  async #tell(queries: Queries, run: CommittedRun): Promise<void> {
    for (const instance of run.instances) {
      if ((instance.state === "failed" || instance.state === "up_for_retry") && this.#mayTell())
        await this.#tellFailure(queries, run, instance);
    }
    const before = this.#states.get(run.runId);
    if (before === run.state) return;
    if (run.state === "success" || run.state === "failed") this.#states.delete(run.runId);
    else this.#states.set(run.runId, run.state);
    if (run.state === "queued" || !this.#mayTell()) return;
    const detail = await queries.findRunById(run.runId);
    if (run.state === "running")
      this.#line(run.state, `${run.dagId} ${run.runKey} ${this.#isOlder(detail) ? "goes on" : "started"}`);
    else {
      this.#tellEnd(run, detail);
      if (this.#inFull.delete(run.dagId)) await this.#tellTasks(queries, run);
    }
  }

  #tellEnd(run: CommittedRun, detail: RunDetail | undefined): void {
    const { paint } = this.#terminal;
    const span =
      detail?.startedAt !== undefined && detail.endedAt !== undefined
        ? ` in ${showSpan(detail.endedAt - detail.startedAt)}`
        : "";
    const counts = Object.entries(detail?.counts ?? {}).map(([state, count]) => `${count} ${state}`);
    this.#line(
      run.state,
      `${run.dagId} ${run.runKey} ${paintState(run.state, paint)}${span}${counts.length > 0 ? paint.dim(` (${counts.join(", ")})`) : ""}`,
    );
  }

  async #tellTasks(queries: Queries, { runId, dagId, runKey }: CommittedRun): Promise<void> {
    const { paint, program } = this.#terminal;
    const graph = (await queries.findDag(dagId))?.graph;
    if (!graph) return;
    for (const line of await runTreeLines(queries, { runId, graph }, paint)) this.#terminal.print(`         ${line}`);
    const last = graph.tasks.at(-1)?.taskId;
    this.#terminal.print(paint.dim(`           ${program} tasks logs ${dagId} ${last} ${runKey}`));
  }

  async #tellFailure(queries: Queries, run: CommittedRun, instance: Instance): Promise<void> {
    const { paint } = this.#terminal;
    const attempt = (
      await queries.listTries({ runId: run.runId, taskId: instance.taskId, mapIndex: instance.mapIndex })
    ).find((each) => each.tryNumber === instance.tryNumber);
    const { code = "", message = "no cause is stored" } = attempt?.cause ?? {};
    const again = instance.state === "up_for_retry" ? ", will be tried again" : "";
    const how = CUT_SHORT.has(code) && again !== "" ? "was cut short, starts again" : `failed${again}`;
    this.#line(instance.state, `${run.dagId}.${labelOf(instance)} try ${instance.tryNumber} ${how}: ${message}`);
    const index = instance.mapIndex < 0 ? "" : ` --map-index ${instance.mapIndex}`;
    this.#terminal.print(
      paint.dim(
        `           ${this.#terminal.program} tasks logs ${run.dagId} ${instance.taskId} ${run.runKey}${index} --try ${instance.tryNumber}`,
      ),
    );
  }

  /** True for a run that had started before this process did. */
  #isOlder(run: RunDetail | undefined): boolean {
    return run?.startedAt !== undefined && run.startedAt / 1_000 < performance.timeOrigin + this.#startedAtMs;
  }

  #line(state: string, text: string): void {
    const { paint } = this.#terminal;
    this.#terminal.print(`${paint.dim(wallTime())} ${stateSign(state, paint)} ${text}`);
  }

  #mayTell(): boolean {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#linesInSecond = 0;
      this.#tellUntold();
    }
    this.#linesInSecond += 1;
    if (this.#linesInSecond <= LINES_PER_SECOND) return true;
    this.#untold += 1;
    return false;
  }

  #tellUntold(): void {
    if (this.#untold > 0)
      this.#terminal.print(
        this.#terminal.paint.dim(
          `         … and ${this.#untold} more; \`${this.#terminal.program} dags list-runs\` shows them`,
        ),
      );
    this.#untold = 0;
  }

  /** At once, and then at most every 200 ms, with what is true then. */
  #status(): void {
    if (this.#nextStatus) return;
    this.#showStatus();
    this.#nextStatus = setTimeout(() => {
      this.#nextStatus = undefined;
      if (this.#telling === undefined) this.#showStatus();
    }, STATUS_MS).unref();
  }

  #showStatus(): void {
    const names = [...new Set(this.#running.values())];
    const rest = names.length > 3 ? `, and ${names.length - 3} more` : "";
    this.#terminal.status(
      names.length === 0 ? "" : `${this.#running.size} running: ${names.slice(0, 3).join(", ")}${rest}`,
    );
  }
}

/** The time of day on this machine's wall, for people. */
function wallTime(): string {
  return new Date().toTimeString().slice(0, 8);
}
