import { expect } from "vitest";
import type { CompiledGraph } from "../../graph/compiled-graph.ts";
import { MICROS, type Micros } from "../../model/instant.ts";
import { loadRun, type Instance, type Run } from "../../model/run.ts";
import { isLive, type TaskState } from "../../model/states.ts";
import type { InstanceSelector } from "../../ports/commands.ts";
import type { Outcome, Report } from "../../ports/executor.ts";
import { admit } from "../admit.ts";
import { apply } from "../apply.ts";
import type { NewRun, RunChanges } from "../changes.ts";
import { createRun, toCreation } from "../create-run.ts";
import type { Draft } from "../draft.ts";
import type { PastStates } from "../evaluate.ts";
import type { Refusal, RunEvent } from "../events.ts";
import { moveToVersion } from "../move-version.ts";
import { planRun } from "../plan-run.ts";
import { compareRuns, snapshot } from "./compare-runs.ts";
import { RowStore } from "./row-store.ts";
import { refuseEarlyStart } from "./refuse-early-start.ts";

/** How a world is set up. */
export interface WorldOptions extends Partial<NewRun> {
  /** False: the run waits in the queue. */
  readonly start?: boolean;
  readonly past?: PastStates;
  /** Instances that may be live at once. */
  readonly limit?: number;
  /** False: invariants are not compared after every commit (runs of thousands). */
  readonly checks?: boolean;
}

/** How a test says that a body ended. A number: success with a list of that length. */
export type Ending =
  | "success"
  | "failed"
  | "skipped"
  | number
  | readonly string[]
  | Outcome
  | Omit<Extract<Report, { kind: "lost" }>, "dispatchId" | "runId" | "kind" | "cause">;

export const T0: Micros = 20_000 * MICROS.d;

/**
 * One run and everything around it, in memory: plans like a tick, admits what is ready within a limit, commits to rows, applies, and does what
 * follows (`evaluate`, `goOn`) like the engine. After every commit the invariants are compared: counters, rows, purity, determinism.
 */
export class World {
  run: Run;
  readonly rows: RowStore;
  readonly commits: RunChanges[] = [];
  readonly stops: string[] = [];
  now: Micros = T0;
  past: PastStates | undefined;
  limit: number;
  #compiled: CompiledGraph;
  readonly #checks: boolean;
  #dispatches = 0;
  #slots = new Map<string, number>();
  #waiting: number[] = [];
  #follow: RunEvent[] = [];

  constructor(compiled: CompiledGraph, options: WorldOptions = {}) {
    const { start = true, past, limit = Infinity, checks = true, ...rest } = options;
    this.#compiled = compiled;
    this.#checks = checks;
    this.limit = limit;
    this.past = past;
    const newRun = { ...NEW_RUN, ...rest };
    this.rows = new RowStore(1, newRun);
    const { run, draft } = createRun({ runId: 1, newRun, compiled, now: this.now, start, ...(past && { past }) });
    this.run = run;
    this.#admit(draft);
    this.#commit(draft, toCreation(draft, newRun));
  }

  /** Plans these events as one tick, and what follows from them. @returns what was refused. */
  plan(...events: RunEvent[]): readonly Refusal[] {
    const refusals = this.tick(events);
    this.settle();
    return refusals;
  }

  /** One tick alone. */
  tick(events: readonly RunEvent[]): readonly Refusal[] {
    const before = this.#checks ? snapshot(this.run) : undefined;
    const facts = {
      now: this.now,
      slotOf: (dispatchId: string) => this.#slots.get(dispatchId),
      ...(this.past && { past: this.past }),
    };
    const { draft, refusals } = planRun(this.run, events, facts);
    if (this.#checks) {
      expect(planRun(this.run, events, facts).draft.toChanges()).toEqual(draft.toChanges());
    }
    this.#admit(draft);
    if (before !== undefined && snapshot(this.run) !== before) throw new Error("the plan changed the run");
    if (!draft.isEmpty) this.#commit(draft, draft.toChanges());
    return refusals;
  }

  /** True while the engine would tick again without news. */
  get hasFollowUps(): boolean {
    return this.#follow.length > 0;
  }

  /** The next tick that follows without news. */
  followUp(): void {
    this.tick(this.#follow.splice(0));
  }

  /** Carries out everything that follows without news. */
  settle(): void {
    for (let ticks = 0; this.hasFollowUps; ticks += 1) {
      if (ticks > 1_000) throw new Error("the run never settles");
      this.followUp();
    }
  }

  /** Reports that the body of a live instance ended. */
  end(taskId: string, ending: Ending = "success", mapIndex = -1): readonly Refusal[] {
    return this.plan(this.ending(taskId, ending, mapIndex));
  }

  /** The event that says so. */
  ending(taskId: string, ending: Ending = "success", mapIndex = -1): RunEvent {
    return { kind: "report", report: reportOf(ending, this.dispatchOf(taskId, mapIndex), this.now) };
  }

  started(taskId: string, mapIndex = -1): RunEvent {
    return {
      kind: "report",
      report: {
        kind: "started",
        dispatchId: this.dispatchOf(taskId, mapIndex),
        runId: 1,
        startedAt: this.now,
        workerId: "w",
      },
    };
  }

  /** Ends whatever is live until nothing is. `endingOf` decides; success when absent. Retries and deferrals wait no time. */
  finish(endingOf: (taskId: string, mapIndex: number, tryNumber: number) => Ending = () => "success"): void {
    for (let rounds = 0; rounds < 10_000; rounds += 1) {
      const live = this.live();
      if (live.length > 0)
        this.plan(
          ...live.map(({ taskId, mapIndex, tryNumber }) =>
            this.ending(taskId, endingOf(taskId, mapIndex, tryNumber), mapIndex),
          ),
        );
      else if (!this.passTime()) return;
    }
    throw new Error("the run never ends");
  }

  /** Lets time pass until something is due. @returns false when nothing ever is. */
  passTime(): boolean {
    const { dueAt, state } = this.run.head;
    if (dueAt === undefined || state === "success" || state === "failed") return false;
    this.now = Math.max(this.now, dueAt);
    this.plan({ kind: "due" });
    return true;
  }

  clear(select: InstanceSelector = {}): readonly Refusal[] {
    return this.plan({ kind: "clear", select, by: "user:a" });
  }

  mark(
    taskIds: readonly string[],
    state: "success" | "failed" | "skipped",
    select: InstanceSelector = {},
  ): readonly Refusal[] {
    return this.plan({ kind: "markTasks", select: { taskIds, ...select }, state, by: "user:a" });
  }

  /** Moves the run to another version and reads it anew, as the engine does. */
  move(compiled: CompiledGraph, dagVersion = 2): void {
    const { draft, changes } = moveToVersion(this.run, { compiled, dagVersion }, this.now);
    for (const { dispatchId } of draft.stops) this.stops.push(dispatchId);
    this.rows.commit(changes);
    this.commits.push(changes);
    this.#compiled = compiled;
    this.#reload();
    this.#follow.push({ kind: "evaluate" });
    this.settle();
  }

  /** Forgets the run and reads it anew from its rows, like a scheduler that takes it over. */
  crash(): void {
    this.#reload();
    this.#follow.push({ kind: "evaluate" });
    this.settle();
  }

  dispatchOf(taskId: string, mapIndex = -1): string {
    const dispatchId = this.read(taskId, mapIndex)?.dispatchId;
    if (dispatchId === undefined)
      throw new Error(`${taskId}[${mapIndex}] has no dispatch: it is ${this.state(taskId, mapIndex)}`);
    return dispatchId;
  }

  state(taskId: string, mapIndex = -1): TaskState | undefined {
    return this.read(taskId, mapIndex)?.state;
  }

  read(taskId: string, mapIndex = -1): Instance | undefined {
    const slot = this.run.slotOf(this.#compiled.indexOf.get(taskId) as number, mapIndex);
    return slot < 0 ? undefined : this.run.instance(slot);
  }

  /** States of all instances: one per task, a list for a mapped one. */
  states(): Record<string, TaskState | readonly TaskState[]> {
    return Object.fromEntries(
      this.#compiled.tasks.map(({ taskId }, task) => {
        const states = [...this.run.slotsOf(task)].map((slot) => this.run.stateOf(slot));
        return [taskId, this.run.mapped.has(task) ? states : states[0]];
      }),
    );
  }

  /** Instances with a dispatch. */
  live(): {
    readonly taskId: string;
    readonly mapIndex: number;
    readonly tryNumber: number;
    readonly state: TaskState;
  }[] {
    const live = [];
    for (const slot of this.run.dispatchId.keys()) {
      const { task, mapIndex, tryNumber, state } = this.run.instance(slot);
      live.push({ taskId: this.#compiled.tasks[task].taskId, mapIndex, tryNumber, state });
    }
    return live;
  }

  /** True when instances wait for a slot. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  #admit(draft: Draft): void {
    let live = 0;
    const touched = new Set(draft.instances.keys());
    for (const slot of this.run.dispatchId.keys()) if (!touched.has(slot) && isLive(draft.state(slot))) live += 1;
    for (const values of draft.instances.values()) if (isLive(values.state)) live += 1;
    const waiting = new Set([...this.#waiting, ...draft.ready]);
    this.#waiting = [];
    for (const slot of waiting) {
      if (draft.state(slot) !== "scheduled") continue;
      if (live >= this.limit) {
        this.#waiting.push(slot);
        continue;
      }
      if (this.#checks) refuseEarlyStart(draft, slot);
      admit(draft, slot, `x${(this.#dispatches += 1)}`);
      live += 1;
    }
  }

  #commit(draft: Draft, changes: RunChanges): void {
    this.rows.commit(changes);
    this.commits.push(changes);
    for (const [slot, { dispatchId }] of draft.instances)
      if (dispatchId !== undefined) this.#slots.set(dispatchId, slot);
    apply(this.run, draft);
    for (const { dispatchId } of draft.stops) this.stops.push(dispatchId);
    if (draft.recount) this.#follow.push({ kind: "evaluate" });
    else if (this.run.head.obligations.length > 0) this.#follow.push({ kind: "goOn" });
    if (this.run.head.state === "queued" && changes.version > 1) this.#follow.push({ kind: "start" });
    if (this.#checks) this.#compare();
  }

  #compare(): void {
    compareRuns(this.run, this.#load());
  }

  #load(): Run {
    const rows = [...this.rows.rows.values()];
    return loadRun(
      { ...this.rows.head },
      this.#compiled,
      rows,
      rows.map((row) => row.taskId),
    );
  }

  #reload(): void {
    this.run = this.#load();
    this.#slots = new Map([...this.run.dispatchId].map(([slot, dispatchId]) => [dispatchId, slot]));
    this.#waiting = [];
    for (let slot = 0; slot < this.run.length; slot += 1)
      if (this.run.stateOf(slot) === "scheduled") this.#waiting.push(slot);
  }
}

function reportOf(ending: Ending, dispatchId: string, now: Micros): Report {
  if (typeof ending === "object" && "guilty" in ending) {
    return { kind: "lost", dispatchId, runId: 1, cause: { code: "LOST", message: "its process died" }, ...ending };
  }
  return {
    kind: "ended",
    dispatchId,
    runId: 1,
    workerId: "w",
    startedAt: now,
    endedAt: now,
    outcome: outcomeOf(ending),
  };
}

function outcomeOf(ending: Exclude<Ending, { guilty: boolean }>): Outcome {
  if (typeof ending === "number") return { kind: "success", resultLength: ending };
  if (Array.isArray(ending)) return { kind: "success", choice: ending as readonly string[] };
  switch (ending) {
    case "success":
      return { kind: "success" };
    case "failed":
      return { kind: "failed", cause: { code: "TASK_FAILED", message: "it threw" }, retry: "policy" };
    case "skipped":
      return { kind: "skipped", cause: { code: "SKIPPED", message: "nothing to do" } };
    default:
      return ending as Outcome;
  }
}

const NEW_RUN: NewRun = {
  dagId: "d",
  runKey: "r",
  runType: "scheduled",
  dagVersion: 1,
  logicalDate: T0,
  intervalStart: T0,
  intervalEnd: T0,
  runAfter: T0,
  conf: null,
  triggeredBy: "scheduler",
};
