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

/** Resolves the inputs of many dispatches with at most one read of the store. */
export class InputReader {
  readonly #results: RecentResults;
  readonly #store: EngineStore;
  readonly #missing = new Map<string, ResultKey>();
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
    if (runType === "asset_triggered" && !this.#results.assetEvents(runId)) this.#runsWithEvents.add(runId);
    for (const input of Object.values(node.inputs)) this.#wantTask(run, slot, input.task, input.key);
    for (const source of eachOf(run, task)?.sources ?? [])
      for (const list of listsOf(source)) if (list.from === "task") this.#wantTask(run, -1, list.task, list.key);
  }

  /** @returns false when everything was in memory, so that nothing has to be waited for. */
  get mustRead(): boolean {
    return this.#missing.size > 0 || this.#runsWithEvents.size > 0;
  }

  async read(): Promise<void> {
    this.#read = await readMissing(this.#store, this.#missing);
    for (const runId of this.#runsWithEvents)
      this.#results.putAssetEvents(runId, await this.#store.readRunAssetEvents(runId));
  }

  /** What made the run start; of a run that no asset has triggered nothing. */
  assetEvents(run: Run): readonly RunAssetEvent[] | undefined {
    return this.#results.assetEvents(run.head.runId);
  }

  inputs(run: Run, slot: number): Dispatch["inputs"] {
    const node = run.compiled.tasks[run.task[slot]];
    const inputs: Record<string, DispatchInput> = {};
    for (const [name, input] of Object.entries(node.inputs)) inputs[name] = this.#input(run, slot, input);
    return inputs;
  }

  items(run: Run, slot: number): Dispatch["items"] | undefined {
    const each = eachOf(run, run.task[slot]);
    if (!each || run.mapIndex[slot] < 0) return undefined;
    const lengths = each.sources.map((source) =>
      listsOf(source).reduce((sum, list) => sum + this.#length(run, list), 0),
    );
    const items: Record<string, DispatchItem> = {};
    each.sources.forEach((source, position) => {
      const index = elementIndex(each.mode, lengths, position, run.mapIndex[slot]);
      const isBeyond = each.mode === "zipLongest" && index >= lengths[position];
      items[source.name] = isBeyond ? { kind: "filled" } : this.#item(run, source, index);
    });
    return items;
  }

  #wantTask(run: Run, slot: number, upstream: number, key: string | undefined): void {
    for (const [index, s] of sourceSlots(run, slot, upstream)) {
      if (run.stateOf(s) !== "success") continue;
      const { taskId } = run.compiled.tasks[upstream];
      if (key === undefined && this.#results.find(run.head.runId, taskId, index)) continue;
      const name = nameOf(run, taskId, key, index);
      if (!this.#missing.has(name))
        this.#missing.set(name, { runId: run.head.runId, taskId, mapIndex: index, ...(key !== undefined && { key }) });
    }
  }

  #value(run: Run, taskId: string, mapIndex: number, key?: string): StoredValue | undefined {
    const recent = key === undefined ? this.#results.find(run.head.runId, taskId, mapIndex) : undefined;
    return recent ?? this.#read.get(nameOf(run, taskId, key, mapIndex))?.[0];
  }

  #input(run: Run, slot: number, input: GraphTask["inputs"][string]): DispatchInput {
    const { taskId } = run.compiled.tasks[input.task];
    const slots = sourceSlots(run, slot, input.task).filter(([, s]) => run.stateOf(s) === "success");
    if (input.join === "value") {
      const value = slots.length === 0 ? undefined : this.#value(run, taskId, slots[0][0], input.key);
      return value ? { kind: "value", value } : { kind: "absent" };
    }
    if (input.join === "stream" || slots.length > INLINE_LIST) {
      return { kind: "ask", taskId, count: slots.length, ...(input.key !== undefined && { key: input.key }) };
    }
    return {
      kind: "list",
      values: slots.map(([index]) => this.#value(run, taskId, index, input.key) ?? { json: "null" }),
    };
  }

  #length(run: Run, list: GraphList): number {
    if (list.from === "literal") return list.length;
    if (list.from === "param") return paramLength(run.compiled.graph, run.head.conf, list.param);
    if (run.mapped.has(list.task)) return this.#successes(run, list.task).length;
    return run.resultLength.get(run.single[list.task]) ?? 0;
  }

  #item(run: Run, source: GraphEachSource, index: number): DispatchItem {
    let at = index;
    for (const [position, list] of listsOf(source).entries()) {
      const length = this.#length(run, list);
      if (at < length) return { ...this.#element(run, list, at), ...(position > 0 && { list: position }) };
      at -= length;
    }
    return { kind: "absent" };
  }

  #element(run: Run, list: GraphList, index: number): DispatchInput {
    if (list.from !== "task") return { kind: "local", index };
    const { taskId } = run.compiled.tasks[list.task];
    if (run.mapped.has(list.task)) {
      const value = this.#value(run, taskId, this.#successes(run, list.task)[index] ?? -1, list.key);
      return value ? { kind: "value", value } : { kind: "absent" };
    }
    const value = this.#value(run, taskId, -1, list.key);
    if (!value) return { kind: "absent" };
    const element = this.#elements(value, list.path)?.[index];
    return element
      ? { kind: "value", value: element }
      : { kind: "item", value, index, ...(list.path && { path: list.path }) };
  }

  /** Map indexes of a mapped source that succeeded: they are the list that is mapped over. Found once per reader. */
  #successes(run: Run, task: number): readonly number[] {
    const name = `${run.head.runId}/${task}`;
    let indexes = this.#done.get(name);
    if (!indexes) {
      indexes = sourceSlots(run, -1, task).flatMap(([index, s]) => (run.stateOf(s) === "success" ? [index] : []));
      this.#done.set(name, indexes);
    }
    return indexes;
  }

  /** A plain JSON list is taken apart once, so that n instances do not carry n copies of it. */
  #elements(value: StoredValue, path: readonly (string | number)[] = []): readonly StoredValue[] | undefined {
    const known = this.#lists.get(value);
    if (known !== undefined) return known ?? undefined;
    const elements = elementsAt(value, path);
    this.#lists.set(value, elements ?? null);
    return elements;
  }
}

function elementsAt(value: StoredValue, path: readonly (string | number)[]): readonly StoredValue[] | undefined {
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

/** (map index, slot) of the upstream instances that an instance reads: its own index inside a mapped group, else all. */
function sourceSlots(run: Run, slot: number, upstream: number): readonly (readonly [number, number])[] {
  const { scope } = run.compiled;
  if (slot >= 0 && scope[upstream] >= 0 && scope[upstream] === scope[run.task[slot]]) {
    const s = run.slotOf(upstream, run.mapIndex[slot]);
    return s < 0 ? [] : [[run.mapIndex[slot], s]];
  }
  const slots: [number, number][] = [];
  for (const s of run.slotsOf(upstream)) if (s >= 0) slots.push([run.mapIndex[s], s]);
  return slots;
}

function nameOf(run: Run, taskId: string, key: string | undefined, mapIndex: number): string {
  return `${run.head.runId}/${mapIndex}/${taskId}/${key ?? ""}`;
}
