// R2. The version of a run guards its commit, as in the database.      R4. A process may die before or after any commit: `onCommit` says where.
import {
  type CommitBatch,
  type CommitResult,
  type DagRow,
  type EngineStore,
  type Graph,
  type Micros,
  type PreviousSuccess,
  type ResultKey,
  type RunChanges,
  type StoredValue,
  type VersionCode,
} from "@millrace/core";
import type { Clock } from "../clock.ts";
import { MemoryAssets } from "./memory-assets.ts";
import { MemoryInbox, MemoryOutbox } from "./memory-mail.ts";
import { MemoryRun } from "./memory-run.ts";

/** What a memory store begins with. */
export interface MemoryStoreOptions {
  readonly clock: Clock;
  readonly graphs: readonly Graph[];
  readonly variables: ReadonlyMap<string, string>;
  /** As the database has them: JSON or a URI. */
  readonly connections: ReadonlyMap<string, string>;
  /** Slots by pool. Every pool that a task names exists; default 128. */
  readonly pools: Readonly<Record<string, number>>;
  /** The successful run before those of the test. */
  readonly previousSuccess?: PreviousSuccess;
  /** Called before anything of a batch is written (`before`) and after all of it was (`after`). What it throws is the death of the process. */
  readonly onCommit?: (batch: CommitBatch, when: "before" | "after") => void;
}

const DEFAULT_SLOTS = 128;

/** Version of every DAG: a test has only one. */
export const MEMORY_VERSION = 1;

/** An {@link EngineStore} in memory: the same guards, nothing on disk, one scheduler. */
export class MemoryStore {
  readonly runs = new Map<number, MemoryRun>();
  readonly inbox = new MemoryInbox();
  readonly outbox = new MemoryOutbox();
  readonly assets: MemoryAssets;
  readonly #options: MemoryStoreOptions;
  #lastRunId = 0;
  #schedulers = 0;

  constructor(options: MemoryStoreOptions) {
    this.#options = options;
    this.assets = new MemoryAssets(options.graphs);
  }

  /** Reserves one run id for a run that the test itself creates. */
  nextRunId(): number {
    return (this.#lastRunId += 1);
  }

  /** The store as a scheduler has it. */
  port(): EngineStore {
    return {
      ...this.#schedulerPart(),
      ...this.#dagPart(),
      ...this.#runPart(),
      ...this.#valuePart(),
      ...this.#mailPart(),
      ...this.#pastPart(),
      ...NO_BACKFILLS,
    };
  }

  /** Writes a run that the test itself creates; nobody can die of it. */
  insert(creation: RunChanges): void {
    if (!this.#commitRun(creation, this.#options.clock.now()))
      throw new Error(`run ${creation.runId} is there already`);
  }

  commit(batch: CommitBatch): CommitResult {
    this.#options.onCommit?.(batch, "before");
    const now = this.#options.clock.now();
    const committed = new Set<number>();
    const conflicts = new Set<number>();
    const isAnswered = (runId: number): boolean =>
      batch.answers.some((answer) => answer.runId === runId && !this.inbox.has(answer.inboxId));
    for (const changes of batch.runs) {
      if (isAnswered(changes.runId)) continue;
      if (changes.created && this.#isTaken(changes.created)) conflicts.add(changes.runId);
      else if (this.#commitRun(changes, now)) committed.add(changes.runId);
    }
    for (const answer of batch.answers)
      if (answer.runId === undefined || committed.has(answer.runId)) this.inbox.answer(answer);
    this.#options.onCommit?.(batch, "after");
    return { committed, conflicts, now };
  }

  #commitRun(changes: RunChanges, now: Micros): boolean {
    const run =
      changes.created === undefined ? this.runs.get(changes.runId) : new MemoryRun(changes.runId, changes.created, now);
    if (!run?.commit(changes, now)) return false;
    this.runs.set(run.runId, run);
    this.assets.take(run, changes, now);
    this.outbox.take(run, changes, now);
    return true;
  }

  #isTaken({ dagId, runKey, logicalDate }: NonNullable<RunChanges["created"]>): boolean {
    return this.#runsOf(dagId).some(({ row }) => row.runKey === runKey || row.logicalDate === logicalDate);
  }

  #runsOf(dagId: string): readonly MemoryRun[] {
    return [...this.runs.values()].filter((run) => run.row.dagId === dagId);
  }

  #find(ask: Parameters<EngineStore["findRun"]>[0]): MemoryRun | undefined {
    const runs = this.#runsOf(ask.dagId).toSorted((a, b) => b.row.logicalDate - a.row.logicalDate);
    return runs.find(
      ({ row }) =>
        (ask.runKey === undefined || row.runKey === ask.runKey) &&
        (ask.logicalDate === undefined || row.logicalDate === ask.logicalDate),
    );
  }

  #schedulerPart(): SchedulerPart {
    const { clock, graphs, pools } = this.#options;
    const dagIds = graphs.map(({ dagId }) => dagId);
    return {
      now: () => Promise.resolve(clock.now()),
      registerScheduler: () => {
        this.outbox.giveBack();
        return Promise.resolve((this.#schedulers += 1));
      },
      heartbeat: () => Promise.resolve({ now: clock.now(), alive: true }),
      endDeadSchedulers: () => Promise.resolve([]),
      schedulersOfHost: () => Promise.resolve([]),
      endScheduler: () => Promise.resolve(),
      claimDags: () => Promise.resolve(dagIds.map((dagId) => ({ dagId, stamp: "" }))),
      claimDag: (_schedulerId, dagId) => Promise.resolve(dagIds.includes(dagId)),
      releaseDags: () => Promise.resolve(),
      grants: () => {
        const names = new Set(graphs.flatMap(({ tasks }) => tasks.map(({ pool }) => pool)));
        return Promise.resolve(
          [...names].map((pool) => {
            const slots = pools[pool] ?? DEFAULT_SLOTS;
            return { pool, slots, granted: slots, includeDeferred: false, order: "fair" as const };
          }),
        );
      },
      listen: () => Promise.resolve(() => Promise.resolve()),
      close: () => Promise.resolve(),
    };
  }

  #dagPart(): DagPart {
    const { graphs } = this.#options;
    const rows = graphs.map(({ dagId, dag }): DagRow => ({ ...NEW_DAG, dagId, settings: dag }));
    return {
      saveFiles: () => Promise.resolve([]),
      loadDags: (dagIds) => Promise.resolve(rows.filter(({ dagId }) => dagIds.includes(dagId))),
      countFailedRuns: () => Promise.resolve(new Map()),
      loadGraphs: async (keys) =>
        graphs.flatMap((graph) => {
          const key = keys.find(({ dagId }) => dagId === graph.dagId);
          return key ? [{ ...key, ...versionOf(graph) }] : [];
        }),
      async loadGraph(dagId) {
        const graph = graphs.find((one) => one.dagId === dagId);
        if (graph === undefined) throw new Error(`the test has no DAG ${dagId}`);
        return versionOf(graph);
      },
      loadBundle: (hash) => Promise.reject(new Error(`a DAG of a test has no bundle (${hash})`)),
    };
  }

  #runPart(): RunPart {
    const { previousSuccess } = this.#options;
    const whole = (run: MemoryRun): { readonly run: MemoryRun["row"]; readonly instances: MemoryRun["instances"] } => ({
      run: run.row,
      instances: run.instances,
    });
    return {
      reserveRunIds: (count) => {
        const first = this.#lastRunId + 1;
        this.#lastRunId += count;
        return Promise.resolve(first);
      },
      loadLiveRuns: async (dagIds) =>
        [...this.runs.values()].filter((run) => !run.isFinished && dagIds.includes(run.row.dagId)).map(whole),
      loadRuns: async (runIds) => runIds.flatMap((runId) => this.runs.get(runId) ?? []).map(whole),
      loadRun: async (runId) => {
        const run = this.runs.get(runId);
        return run && whole(run);
      },
      findRunId: async (dagId, runKey) => this.#find({ dagId, runKey })?.runId,
      findRunByLogicalDate: async (dagId, logicalDate) => this.#find({ dagId, logicalDate })?.runId,
      findPreviousRunId: async (dagId, logicalDate) =>
        this.#runsOf(dagId)
          .filter(({ row }) => row.logicalDate < logicalDate)
          .sort((a, b) => b.row.logicalDate - a.row.logicalDate)[0]?.runId,
      findPreviousSuccess: () => Promise.resolve(previousSuccess),
      removeRun: async ({ runId }) => this.runs.delete(runId),
      commit: async (batch) => this.commit(batch),
      findRun: async (ask) => this.#find(ask)?.row,
      countTaskStates: async (runId, taskIds) => {
        const rows = (this.runs.get(runId)?.rows ?? []).filter(({ taskId }) => taskIds.includes(taskId));
        return rows.map(({ taskId, state }) => ({ taskId, state, count: 1 }));
      },
      findDispatch: async ({ runId, taskId, mapIndex }) => {
        const row = this.runs.get(runId)?.rows.find((each) => each.taskId === taskId && each.mapIndex === mapIndex);
        return row?.dispatchId === undefined ? undefined : { dispatchId: row.dispatchId, tryNumber: row.tryNumber };
      },
      findFirstTry: async ({ runId, taskId, mapIndex }) => this.runs.get(runId)?.firstTry(taskId, mapIndex) ?? 1,
    };
  }

  #valuePart(): ValuePart {
    const { variables, connections } = this.#options;
    return {
      readResults: async (keys) => keys.map((key) => this.#values(key)),
      readVariable: async (key) => variables.get(key),
      readConnection: async (connectionId) => connections.get(connectionId),
      readState: async ({ taskId, mapIndex = -1, ...ask }) => {
        const run = this.#find(ask);
        if (taskId === undefined) return run?.row.state;
        return run?.rows.find((row) => row.taskId === taskId && row.mapIndex === mapIndex)?.state;
      },
      queuedAssetEvents: async (dagIds) => this.assets.queued(dagIds),
      readRunAssetEvents: async (runId) => this.assets.triggering(runId),
    };
  }

  #values({ runId, ...key }: ResultKey): readonly StoredValue[] {
    return this.runs.get(runId)?.values(key) ?? [];
  }

  #pastPart() {
    return {
      findDatedResults: async ({ dagId, logicalDate, orBefore, ...key }: DatedQuestion) => {
        const runs = this.#runsOf(dagId)
          .filter(({ row }) => (orBefore ? row.logicalDate <= logicalDate : row.logicalDate === logicalDate))
          .sort((a, b) => b.row.logicalDate - a.row.logicalDate);
        const values = runs.map((run) => run.values(key)).find((found) => found.length > 0);
        const isMapped = runs.some((run) => run.rows.some((row) => row.taskId === key.taskId && row.mapIndex >= 0));
        return values && { values, isMapped };
      },
      readAssetEvents: async (uris: readonly string[]) => this.assets.events.filter(({ uri }) => uris.includes(uri)),
    };
  }

  #mailPart(): MailPart {
    const { clock } = this.#options;
    return {
      send: async (dagId, command, by) => this.inbox.send({ dagId, command, by }),
      readInbox: async (dagIds, limit) => this.inbox.read(dagIds, limit),
      waitForAnswer: (inboxId) => this.inbox.wait(inboxId),
      takeOutbox: async (_schedulerId, _dagIds, limit) => this.outbox.due(clock.now(), limit),
      finishOutbox: async (outboxId, outcome) => this.outbox.finish(outboxId, outcome, clock.now()),
    };
  }
}

type SchedulerPart = Pick<
  EngineStore,
  | "now"
  | "registerScheduler"
  | "heartbeat"
  | "endDeadSchedulers"
  | "schedulersOfHost"
  | "endScheduler"
  | "claimDags"
  | "claimDag"
  | "releaseDags"
  | "grants"
  | "listen"
  | "close"
>;
type DagPart = Pick<
  EngineStore,
  "saveFiles" | "loadDags" | "countFailedRuns" | "loadGraph" | "loadGraphs" | "loadBundle"
>;
type ValuePart = Pick<
  EngineStore,
  "readResults" | "readVariable" | "readConnection" | "readState" | "queuedAssetEvents" | "readRunAssetEvents"
>;
type MailPart = Pick<EngineStore, "send" | "readInbox" | "waitForAnswer" | "takeOutbox" | "finishOutbox">;
type RunPart = Omit<
  EngineStore,
  | keyof SchedulerPart
  | keyof DagPart
  | keyof ValuePart
  | keyof MailPart
  | keyof typeof NO_BACKFILLS
  | "findDatedResults"
  | "readAssetEvents"
>;

/** Values of a task by the logical date of their run. */
interface DatedQuestion extends Omit<ResultKey, "runId"> {
  readonly dagId: string;
  readonly logicalDate: Micros;
  readonly orBefore: boolean;
}

/** A test makes its runs itself. */
const NO_BACKFILLS = {
  openBackfills: () => Promise.resolve([]),
  runsAtDates: () => Promise.resolve([]),
  advanceBackfill: () => Promise.resolve(),
};

const NEW_DAG = { paused: false, active: true, createdAt: 0, version: MEMORY_VERSION } as const;

function versionOf(graph: Graph): VersionCode {
  return { graph, graphHash: graph.dagId, bundleHash: graph.dagId };
}
