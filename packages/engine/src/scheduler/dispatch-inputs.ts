import {
  listsOf,
  paramLength,
  type Dispatch,
  type DispatchInput,
  type DispatchItem,
  type EngineStore,
  type GraphEach,
  type GraphEachSource,
  type GraphList,
  type GraphTask,
  type ResultKey,
  type Run,
  type RunAssetEvent,
  type StoredValue,
} from "@millrace/core";
import { readMissing, type RecentResults } from "./recent-results.ts";

/** Lists longer than this are not sent with the dispatch; the worker asks for them page by page. */
const INLINE_LIST = 1_000;

/** One element of a list, and which of several lists that follow each other it is in. */
interface ListElement {
  readonly list: GraphList;
  readonly position: number;
  readonly index: number;
}
type Element = ListElement | "filled" | undefined;

/** Resolves the inputs of many dispatches with at most one read of the store. */
export class InputReader {
  readonly #results: RecentResults;
  readonly #store: EngineStore;
  readonly #missing = new Map<string, ResultKey>();
  /** What was in memory when it was asked for: by the time the rest has been read, others may have taken its room. */
  readonly #known = new Map<string, StoredValue>();
  readonly #assetEvents = new Map<number, readonly RunAssetEvent[]>();
  readonly #runsWithEvents = new Set<number>();
  #read: ReadonlyMap<string, readonly StoredValue[]> = new Map();
  readonly #done = new Map<string, readonly number[]>();
  /** null = not a plain list. */
  readonly #lists = new WeakMap<StoredValue, readonly StoredValue[] | null>();

  constructor(results: RecentResults, store: EngineStore) {
    this.#results = results;
    this.#store = store;
  }

  /** Notes what an instance needs. Call for all, then `read`, then `inputs` and `items`. */
  want(run: Run, slot: number): void {
    const task = run.task[slot];
    const node = run.compiled.tasks[task];
    const { runId, runType } = run.head;
    if (runType === "asset_triggered") this.#wantAssetEvents(runId);
    for (const input of Object.values(node.inputs)) {
      if (this.#isAskedFor(run, slot, input)) continue;
      for (const index of this.#successes(run, slot, input.task)) this.#wantResult(run, input.task, index, input.key);
    }
    for (const { element } of this.#elements(run, slot)) {
      if (element !== "filled" && element?.list.from === "task")
        this.#wantResult(run, element.list.task, this.#listIndex(run, element), element.list.key);
    }
  }

  /** @returns false when everything was in memory, so that nothing has to be waited for. */
  get mustRead(): boolean {
    return this.#missing.size > 0 || this.#runsWithEvents.size > 0;
  }

  async read(): Promise<void> {
    this.#read = await readMissing(this.#store, this.#missing);
    for (const runId of this.#runsWithEvents) {
      const events = await this.#store.readRunAssetEvents(runId);
      this.#assetEvents.set(runId, events);
      this.#results.putAssetEvents(runId, events);
    }
  }

  /** What made the run start; of a run that no asset has triggered nothing. */
  assetEvents(run: Run): readonly RunAssetEvent[] | undefined {
    return this.#assetEvents.get(run.head.runId);
  }

  inputs(run: Run, slot: number): Dispatch["inputs"] {
    const node = run.compiled.tasks[run.task[slot]];
    const inputs: Record<string, DispatchInput> = {};
    for (const [name, input] of Object.entries(node.inputs)) inputs[name] = this.#input(run, slot, input);
    return inputs;
  }

  items(run: Run, slot: number): Dispatch["items"] | undefined {
    if (!eachOf(run, run.task[slot]) || run.mapIndex[slot] < 0) return undefined;
    const items: Record<string, DispatchItem> = {};
    for (const { name, element } of this.#elements(run, slot)) items[name] = this.#item(run, element);
    return items;
  }

  /** Of each list that an instance is mapped over, which element it has. */
  #elements(run: Run, slot: number): readonly { readonly name: string; readonly element: Element }[] {
    const each = eachOf(run, run.task[slot]);
    if (!each || run.mapIndex[slot] < 0) return [];
    const lengths = each.sources.map((source) =>
      listsOf(source).reduce((sum, list) => sum + this.#length(run, list), 0),
    );
    return each.sources.map((source, position) => {
      const index = elementIndex(each.mode, lengths, position, run.mapIndex[slot]);
      const isBeyond = each.mode === "zipLongest" && index >= lengths[position];
      return { name: source.name, element: isBeyond ? "filled" : this.#find(run, source, index) };
    });
  }

  #find(run: Run, source: GraphEachSource, index: number): Element {
    let at = index;
    for (const [position, list] of listsOf(source).entries()) {
      const length = this.#length(run, list);
      if (at < length) return { list, position, index: at };
      at -= length;
    }
    return undefined;
  }

  #wantAssetEvents(runId: number): void {
    const recent = this.#results.assetEvents(runId);
    if (recent) this.#assetEvents.set(runId, recent);
    else this.#runsWithEvents.add(runId);
  }

  #wantResult(run: Run, task: number, mapIndex: number, key: string | undefined): void {
    const { runId } = run.head;
    const { taskId } = run.compiled.tasks[task];
    const name = nameOf(run, taskId, key, mapIndex);
    if (this.#known.has(name) || this.#missing.has(name)) return;
    const recent = key === undefined ? this.#results.find(runId, taskId, mapIndex) : undefined;
    if (recent) this.#known.set(name, recent);
    else this.#missing.set(name, { runId, taskId, mapIndex, ...(key !== undefined && { key }) });
  }

  #value(run: Run, taskId: string, mapIndex: number, key?: string): StoredValue | undefined {
    const name = nameOf(run, taskId, key, mapIndex);
    return this.#known.get(name) ?? this.#read.get(name)?.[0];
  }

  #input(run: Run, slot: number, input: GraphTask["inputs"][string]): DispatchInput {
    const { taskId } = run.compiled.tasks[input.task];
    const indexes = this.#successes(run, slot, input.task);
    if (input.join === "value") {
      const value = indexes.length === 0 ? undefined : this.#value(run, taskId, indexes[0], input.key);
      return value ? { kind: "value", value } : { kind: "absent" };
    }
    if (this.#isAskedFor(run, slot, input))
      return { kind: "ask", taskId, count: indexes.length, ...(input.key !== undefined && { key: input.key }) };
    return {
      kind: "list",
      values: indexes.map((index) => this.#value(run, taskId, index, input.key) ?? { json: "null" }),
    };
  }

  /** The worker reads it page by page. */
  #isAskedFor(run: Run, slot: number, { join, task }: GraphTask["inputs"][string]): boolean {
    return join === "stream" || (join === "list" && this.#successes(run, slot, task).length > INLINE_LIST);
  }

  #length(run: Run, list: GraphList): number {
    if (list.from === "literal") return list.length;
    if (list.from === "param") return paramLength(run.compiled, run.head.conf, list.param);
    if (run.mapped.has(list.task)) return this.#successes(run, -1, list.task).length;
    return run.resultLength.get(run.single[list.task]) ?? 0;
  }

  #item(run: Run, element: Element): DispatchItem {
    if (element === undefined) return { kind: "absent" };
    if (element === "filled") return { kind: "filled" };
    return { ...this.#valueOf(run, element), ...(element.position > 0 && { list: element.position }) };
  }

  #valueOf(run: Run, element: ListElement): DispatchInput {
    const { list, index } = element;
    if (list.from !== "task") return { kind: "local", index };
    const value = this.#value(run, run.compiled.tasks[list.task].taskId, this.#listIndex(run, element), list.key);
    if (!value) return { kind: "absent" };
    if (run.mapped.has(list.task)) return { kind: "value", value };
    const part = this.#parts(value, list.path)?.[index];
    return part
      ? { kind: "value", value: part }
      : { kind: "item", value, index, ...(list.path && { path: list.path }) };
  }

  /** Map index of the instance that made the element, or the list that it is in. */
  #listIndex(run: Run, { list, index }: ListElement): number {
    if (list.from !== "task" || !run.mapped.has(list.task)) return -1;
    return this.#successes(run, -1, list.task)[index] ?? -1;
  }

  /** Map indexes of the upstream instances that succeeded, of those that `slot` reads; -1: of all. Those of all are found once per reader. */
  #successes(run: Run, slot: number, task: number): readonly number[] {
    const { scope } = run.compiled;
    const isSuccess = (s: number): boolean => s >= 0 && run.stateOf(s) === "success";
    if (slot >= 0 && scope[task] >= 0 && scope[task] === scope[run.task[slot]])
      return isSuccess(run.slotOf(task, run.mapIndex[slot])) ? [run.mapIndex[slot]] : [];
    const name = `${run.head.runId}/${task}`;
    const known = this.#done.get(name);
    if (known) return known;
    const indexes: number[] = [];
    for (const s of run.slotsOf(task)) if (isSuccess(s)) indexes.push(run.mapIndex[s]);
    this.#done.set(name, indexes);
    return indexes;
  }

  /** A plain JSON list is taken apart once, so that n instances do not carry n copies of it. */
  #parts(value: StoredValue, path: readonly (string | number)[] = []): readonly StoredValue[] | undefined {
    const known = this.#lists.get(value);
    if (known !== undefined) return known ?? undefined;
    const parts = partsAt(value, path);
    this.#lists.set(value, parts ?? null);
    return parts;
  }
}

function partsAt(value: StoredValue, path: readonly (string | number)[]): readonly StoredValue[] | undefined {
  if (value.meta !== undefined || !value.json.startsWith(path.length === 0 ? "[" : "{")) return undefined;
  const list = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key], JSON.parse(value.json));
  return Array.isArray(list) ? list.map((element) => ({ json: JSON.stringify(element) })) : undefined;
}

/** Which element of source `position` the instance `mapIndex` has. In a product the last source varies fastest. */
function elementIndex(mode: GraphEach["mode"], lengths: readonly number[], position: number, mapIndex: number): number {
  if (mode !== "product" || lengths.length === 1) return mapIndex;
  let rest = mapIndex;
  for (let at = lengths.length - 1; at > position; at -= 1) rest = Math.floor(rest / lengths[at]);
  return rest % lengths[position];
}

function eachOf(run: Run, task: number): GraphEach | undefined {
  const group = run.compiled.scope[task];
  return group >= 0 ? run.compiled.graph.groups[group].each : run.compiled.tasks[task].each;
}

function nameOf(run: Run, taskId: string, key: string | undefined, mapIndex: number): string {
  return `${run.head.runId}/${mapIndex}/${taskId}/${key ?? ""}`;
}
