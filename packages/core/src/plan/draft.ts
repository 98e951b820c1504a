import type { Micros } from "../model/instant.ts";
import { isActiveCode, outcomeOf, OUTCOMES, stateCode, type Instance, type Run, type RunHead } from "../model/run.ts";
import { isTerminal, type TaskState } from "../model/states.ts";
import type {
  AssetUpdate,
  CallbackRequest,
  Cause,
  InstanceChange,
  Obligation,
  RunChanges,
  RunPatch,
  SetChange,
  XComPush,
} from "./changes.ts";
import { Deltas } from "./deltas.ts";

/**
 * The overlay that a plan works on: reads fall through to the run, writes stay here until `apply`. The run itself is never touched,
 * so a commit that turns out to be behind (R2) costs nothing but this object.
 */
export class Draft {
  readonly run: Run;
  readonly now: Micros;
  /** Instances that became ready and wait for a slot (admission decides). */
  readonly ready = new Set<number>();
  /** Dispatches that died with this plan: effects of the commit (R4). */
  readonly stops: { readonly dispatchId: string; readonly reason: string }[] = [];
  readonly xcoms: XComPush[] = [];
  readonly assets: AssetUpdate[] = [];
  readonly callbacks: CallbackRequest[] = [];
  /** The run's own new values. */
  readonly head: RunHead;
  readonly patch: { -readonly [K in keyof RunPatch]: RunPatch[K] } = {};
  /** Counters must be derived anew after apply (clear, mark); nothing is evaluated before. */
  recount = false;
  readonly instances = new Map<number, Instance>();
  readonly changes = new Map<number, InstanceChange>();
  /** New shape of tasks that expand; undefined while none does. */
  shape:
    | {
        readonly single: Map<number, number>;
        readonly mapped: Map<number, number[]>;
        readonly expected: Map<number, number>;
      }
    | undefined;
  readonly deltas = {
    done: new Deltas(),
    up: new Deltas(),
    sameIndex: new Deltas(),
    upTotal: new Deltas(),
    counts: new Deltas(),
    active: new Deltas(),
  };
  #length: number;

  constructor(run: Run, now: Micros) {
    this.run = run;
    this.now = now;
    this.head = { ...run.head };
    this.#length = run.length;
  }

  get length(): number {
    return this.#length;
  }

  state(slot: number): TaskState {
    return this.instances.get(slot)?.state ?? this.run.stateOf(slot);
  }

  taskOf(slot: number): number {
    return slot < this.run.length ? this.run.task[slot] : (this.instances.get(slot) as Instance).task;
  }

  mapIndexOf(slot: number): number {
    return slot < this.run.length ? this.run.mapIndex[slot] : (this.instances.get(slot) as Instance).mapIndex;
  }

  dispatchOf(slot: number): string | undefined {
    const own = this.instances.get(slot);
    return own ? own.dispatchId : this.run.dispatchId.get(slot);
  }

  read(slot: number): Readonly<Instance> {
    return this.instances.get(slot) ?? this.run.instance(slot);
  }

  slotsOf(task: number): readonly number[] | Int32Array {
    const mapped = this.shape?.mapped.get(task);
    if (mapped) return mapped;
    const single = this.shape?.single.get(task);
    if (single !== undefined) return single < 0 ? [] : [single];
    return this.run.slotsOf(task);
  }

  slotOf(task: number, mapIndex: number): number {
    if (mapIndex < 0) return this.shape?.single.get(task) ?? this.run.single[task];
    return this.shape?.mapped.get(task)?.[mapIndex] ?? this.run.slotOf(task, mapIndex);
  }

  isExpanded(task: number): boolean {
    return this.shape?.mapped.has(task) || (this.run.mapped.has(task) && !((this.shape?.single.get(task) ?? -1) >= 0));
  }

  expectedOf(task: number): number {
    return this.shape?.expected.get(task) ?? this.run.expected[task];
  }

  upCount(task: number, outcome: number): number {
    const at = task * OUTCOMES + outcome;
    return this.run.up[at] + this.deltas.up.get(at);
  }

  upTotal(task: number): number {
    return this.run.upTotal[task] + this.deltas.upTotal.get(task);
  }

  doneCount(task: number, outcome: number): number {
    const at = task * OUTCOMES + outcome;
    return this.run.done[at] + this.deltas.done.get(at);
  }

  sameIndexCount(slot: number, outcome: number): number {
    const at = slot * OUTCOMES + outcome;
    return (slot < this.run.length ? this.run.sameIndex[at] : 0) + this.deltas.sameIndex.get(at);
  }

  stateCount(state: TaskState): number {
    const code = stateCode(state);
    return this.run.counts[code] + this.deltas.counts.get(code);
  }

  activeCount(task: number): number {
    return this.run.active[task] + this.deltas.active.get(task);
  }

  /** A new instance; its slot exists in the run only after `apply`. */
  add(values: Omit<Instance, "restarts">): number {
    const slot = this.#length;
    this.#length += 1;
    this.instances.set(slot, { ...values, restarts: 0 });
    this.#count(slot, values.task, undefined, values.state);
    this.#countAbove(slot, values);
    this.changes.set(slot, {
      kind: "insert",
      ...this.#key(slot),
      state: values.state,
      tryNumber: values.tryNumber,
      maxTries: values.maxTries,
    });
    return slot;
  }

  /** New values of an instance. The change that says so in rows is given by the caller; one row has one change per commit. */
  update(
    slot: number,
    values: Partial<Instance>,
    change: (key: { slot: number; taskId: string; mapIndex: number }, after: Readonly<Instance>) => InstanceChange,
  ): void {
    const before = this.read(slot);
    const after = { ...before, ...values };
    this.#count(slot, before.task, before.state, after.state);
    this.instances.set(slot, after);
    this.changes.set(slot, this.#merge(this.changes.get(slot), change(this.#key(slot), after), after));
    if (after.state !== "scheduled") this.ready.delete(slot);
  }

  /** Where tasks change shape: made at the first use. */
  reshape(): NonNullable<Draft["shape"]> {
    this.shape ??= { single: new Map(), mapped: new Map(), expected: new Map() };
    return this.shape;
  }

  /** Drops a placeholder, or an index that no longer exists. The row goes or says `removed`; memory forgets it. */
  drop(slot: number, change: "delete" | "removed", cause?: Cause): void {
    const before = this.read(slot);
    this.#count(slot, before.task, before.state, undefined);
    this.instances.set(slot, { ...before, task: -1, state: "removed", dispatchId: undefined, dueAt: undefined });
    const key = { slot, taskId: this.run.compiled.tasks[before.task].taskId, mapIndex: before.mapIndex };
    this.ready.delete(slot);
    if (slot >= this.run.length) this.changes.delete(slot);
    else if (change === "delete") this.changes.set(slot, { kind: "delete", ...key });
    else
      this.changes.set(slot, {
        kind: "set",
        ...key,
        state: "removed",
        tryNumber: before.tryNumber,
        maxTries: before.maxTries,
        restarts: before.restarts,
        endedAt: this.now,
        clear: false,
        ...(cause && { cause }),
      });
  }

  setHead(patch: RunPatch): void {
    Object.assign(this.patch, patch);
    const { startedAt, endedAt, dueAt, ...rest } = patch;
    const head: Partial<RunHead> = {};
    if (rest.state !== undefined) head.state = rest.state;
    if (rest.dagVersion !== undefined) head.dagVersion = rest.dagVersion;
    if (rest.clearNumber !== undefined) head.clearNumber = rest.clearNumber;
    if (rest.deadlineMissed !== undefined) head.deadlineMissed = rest.deadlineMissed;
    if (rest.obligations !== undefined) head.obligations = rest.obligations;
    if (rest.backfillId !== undefined) head.backfillId = rest.backfillId;
    if (startedAt !== undefined) head.startedAt = startedAt ?? undefined;
    if (endedAt !== undefined) head.endedAt = endedAt ?? undefined;
    if (dueAt !== undefined) head.dueAt = dueAt ?? undefined;
    Object.assign(this.head, head);
  }

  promise(obligation: Obligation): void {
    this.setHead({ obligations: [...this.head.obligations, obligation] });
  }

  /** Nothing is evaluated while instances are still being created, cleared or marked, nor before counters are derived anew. */
  get isHeld(): boolean {
    return this.recount || this.head.obligations.some((o) => o.kind !== "expand");
  }

  /** True when nothing was decided: no commit is needed. */
  get isEmpty(): boolean {
    return this.changes.size === 0 && Object.keys(this.patch).length === 0 && this.callbacks.length === 0;
  }

  /** The changes as the store writes them. */
  toChanges(): RunChanges {
    const { state } = this.head;
    const staysEnded = (state === "success" || state === "failed") && this.patch.state === undefined;
    return {
      runId: this.head.runId,
      version: this.run.head.version + 1,
      run: this.patch,
      instances: [...this.changes.values()],
      xcoms: this.xcoms,
      assets: this.assets,
      callbacks: this.callbacks,
      counts: Array.from(this.run.counts, (count, code) => count + this.deltas.counts.get(code)),
      ...(staysEnded && this.changes.size > 0 && { endedAs: state }),
    };
  }

  #key(slot: number): { slot: number; taskId: string; mapIndex: number } {
    return { slot, taskId: this.run.compiled.tasks[this.taskOf(slot)].taskId, mapIndex: this.mapIndexOf(slot) };
  }

  #count(slot: number, task: number, before: TaskState | undefined, after: TaskState | undefined): void {
    if (before === after) return;
    if (before !== undefined) this.#bump(task, before, -1);
    if (after !== undefined) this.#bump(task, after, 1);
    const was = before === undefined ? -1 : outcomeOf(before);
    const is = after === undefined ? -1 : outcomeOf(after);
    if (was === is || this.recount) return;
    if (was >= 0) this.#countOutcome(slot, task, was, -1);
    if (is >= 0) this.#countOutcome(slot, task, is, 1);
  }

  #bump(task: number, state: TaskState, by: number): void {
    const code = stateCode(state);
    this.deltas.counts.add(code, by);
    if (isActiveCode(code)) this.deltas.active.add(task, by);
  }

  #countOutcome(slot: number, task: number, outcome: number, by: number): void {
    this.deltas.done.add(task * OUTCOMES + outcome, by);
    const mapIndex = this.instances.get(slot)?.mapIndex ?? this.run.mapIndex[slot];
    for (const edge of this.run.compiled.downstream[task]) {
      if (!edge.sameIndex) this.deltas.up.add(edge.task * OUTCOMES + outcome, by);
      else {
        const below = this.slotOf(edge.task, mapIndex);
        if (below >= 0) this.deltas.sameIndex.add(below * OUTCOMES + outcome, by);
      }
    }
  }

  /** Instances of the same index above a new one may have ended already: its task is new in a version, or bounded by dates. */
  #countAbove(slot: number, { task, mapIndex }: Pick<Instance, "task" | "mapIndex">): void {
    const { compiled } = this.run;
    if (compiled.sameIndexUpstream[task] === 0) return;
    for (const edge of compiled.tasks[task].upstream) {
      const above = compiled.scope[edge.task] === compiled.scope[task] ? this.slotOf(edge.task, mapIndex) : -1;
      const outcome = above < 0 ? -1 : outcomeOf(this.state(above));
      if (outcome >= 0) this.deltas.sameIndex.add(slot * OUTCOMES + outcome, 1);
    }
  }

  /** One row has one change per commit: what came before is folded into what comes after. */
  #merge(earlier: InstanceChange | undefined, later: InstanceChange, after: Readonly<Instance>): InstanceChange {
    if (earlier?.kind !== "insert") return earlier ? fold(earlier, later) : later;
    const cause = "cause" in later ? later.cause : undefined;
    return {
      ...earlier,
      state: after.state,
      tryNumber: after.tryNumber,
      maxTries: after.maxTries,
      ...(after.dispatchId !== undefined && { dispatchId: after.dispatchId }),
      ...(cause && { cause }),
    };
  }
}

function fold(earlier: InstanceChange, later: InstanceChange): InstanceChange {
  if (later.kind === "set") return foldIntoSet(earlier, later);
  // A try that was lost says nothing of its start itself.
  if (later.kind === "end" && earlier.kind === "start")
    return { ...later, startedAt: later.startedAt ?? earlier.startedAt, workerId: later.workerId ?? earlier.workerId };
  return later;
}

/** A state set by a rule or a command in the commit that a report came with: what the report said of the try stays (R8). */
function foldIntoSet(earlier: InstanceChange, later: SetChange): InstanceChange {
  const { endedAt } = later;
  if (earlier.kind === "set") return { ...later, clear: later.clear || earlier.clear };
  if (later.clear || endedAt === undefined || (earlier.kind !== "start" && earlier.kind !== "end")) return later;
  const { clear: _clear, ...ending } = later;
  return { ...earlier, ...ending, kind: "end", endedAt, dueAt: undefined };
}

/** Sets a state that no worker reported. Terminal states end now. */
export function setState(draft: Draft, slot: number, state: TaskState, cause?: Cause): void {
  draft.update(slot, { state, dispatchId: undefined, dueAt: undefined }, (key, after) => ({
    kind: "set",
    ...key,
    state,
    tryNumber: after.tryNumber,
    maxTries: after.maxTries,
    restarts: after.restarts,
    ...(isTerminal(state) && { endedAt: draft.now }),
    ...(cause && { cause }),
    clear: false,
  }));
}
