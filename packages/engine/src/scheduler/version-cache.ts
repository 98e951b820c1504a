import {
  compileGraph,
  type CompiledGraph,
  type EngineStore,
  type Run,
  type SystemRules,
  type VersionCode,
  type VersionKey,
} from "@millrace/core";

/** Tasks of versions that no run uses and that are kept all the same, for the next run. A thousand take about 1.5 MB. */
const IDLE_TASKS = 50_000;

/** Graphs that are asked for together. */
const GRAPHS_AT_ONCE = 64;

/** One version of a DAG in memory, shared by its runs. */
export interface OwnedVersion {
  readonly compiled: CompiledGraph;
  readonly bundleHash: string;
  readonly graphHash: string;
  /** Tasks whose result some other task reads. */
  readonly isRead: readonly boolean[];
}

/** What {@link VersionCache.forgetIdle} goes by. */
export interface InUse {
  /** Runs in memory. */
  readonly runs: Iterable<Run>;
  /** Which version of a DAG its next run will have; undefined when the DAG is not owned. */
  readonly newest: (dagId: string) => number | undefined;
}

/** The graphs of those DAGs that run, or ran lately. A scheduler has many more DAGs than it has runs at any time. */
export class VersionCache {
  readonly #rules: SystemRules;
  readonly #dags = new Map<string, Map<number, OwnedVersion>>();
  /** The one that was asked for last at the end. */
  readonly #all = new Map<OwnedVersion, VersionKey>();

  constructor(rules: SystemRules) {
    this.#rules = rules;
  }

  /** A version that is in memory. That of a run in memory always is. */
  find(dagId: string, version: number): OwnedVersion | undefined {
    const known = this.#dags.get(dagId)?.get(version);
    if (!known) return undefined;
    this.#all.delete(known);
    this.#all.set(known, { dagId, version });
    return known;
  }

  /** A version, read from the store when it is not in memory. @throws MillraceError NOT_FOUND */
  async get({ dagId, version }: VersionKey, store: EngineStore): Promise<OwnedVersion> {
    return this.find(dagId, version) ?? this.#add({ dagId, version }, await store.loadGraph(dagId, version));
  }

  /** Reads those into memory that are not there, some at a time. What does not exist is passed over. */
  async load(keys: Iterable<VersionKey>, store: EngineStore): Promise<void> {
    const missing = new Map<string, VersionKey>();
    for (const key of keys) if (!this.find(key.dagId, key.version)) missing.set(nameOf(key), key);
    while (missing.size > 0) {
      const asked = [...missing.values()].slice(0, GRAPHS_AT_ONCE);
      const found = await store.loadGraphs(asked);
      for (const code of found) {
        missing.delete(nameOf(code));
        if (!this.find(code.dagId, code.version)) this.#add(code, code);
      }
      if (found.length === 0) for (const key of asked) missing.delete(nameOf(key));
    }
  }

  /**
   * Forgets what no run uses: older versions, and newest ones beyond {@link IDLE_TASKS}, those first that were not asked for the longest time. Call it
   * between ticks, while nothing is being committed: a run that a batch makes is not in memory yet.
   */
  forgetIdle({ runs, newest }: InUse): void {
    const used = new Set<CompiledGraph>();
    for (const run of runs) used.add(run.compiled);
    let idleTasks = 0;
    let kept = 0;
    for (const [known, key] of [...this.#all].reverse()) {
      if (used.has(known.compiled)) continue;
      const isNewest = newest(key.dagId) === key.version;
      if (isNewest) idleTasks += known.compiled.tasks.length;
      // The last one may have been read for the next tick.
      if (isNewest && (kept === 0 || idleTasks <= IDLE_TASKS)) kept += 1;
      else this.#forget(known, key);
    }
  }

  forgetDag(dagId: string): void {
    for (const [version, known] of this.#dags.get(dagId) ?? []) this.#forget(known, { dagId, version });
  }

  clear(): void {
    this.#dags.clear();
    this.#all.clear();
  }

  #add({ dagId, version }: VersionKey, { graph, graphHash, bundleHash }: VersionCode): OwnedVersion {
    const isRead = graph.tasks.map(() => false);
    for (const task of graph.tasks) for (const edge of task.upstream) if (edge.via === "data") isRead[edge.task] = true;
    const made = { compiled: compileGraph(graph, this.#rules), bundleHash, graphHash, isRead };
    const versions = this.#dags.get(dagId) ?? new Map<number, OwnedVersion>();
    this.#dags.set(dagId, versions.set(version, made));
    this.#all.set(made, { dagId, version });
    return made;
  }

  #forget(known: OwnedVersion, { dagId, version }: VersionKey): void {
    this.#all.delete(known);
    const versions = this.#dags.get(dagId);
    versions?.delete(version);
    if (versions?.size === 0) this.#dags.delete(dagId);
  }
}

function nameOf({ dagId, version }: VersionKey): string {
  return `${version} ${dagId}`;
}
