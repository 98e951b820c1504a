import {
  encodeValue,
  formatInstant,
  parseInstant,
  type AssetEventInfo,
  type Micros,
  type PageDefinition,
  type Panel,
  type RecentInstance,
  type RecentResult,
  type RunState,
  type RunSummary,
  type TaskState,
} from "@millrace/core";
import { tryPage } from "@millrace/engine/testing";
import type { TestAssetEvent, TestConnection } from "./test-options.ts";

const START = "2025-10-05T12:00:00Z";

/** A task instance that a page may read. */
export interface TestPageTask {
  /** Default `success`. */
  readonly state?: TaskState;
  readonly result?: unknown;
  readonly xcoms?: Readonly<Record<string, unknown>>;
  /** Why it did not succeed. */
  readonly reason?: string;
  /** Default: those of the run. */
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** A run that a page may read. */
export interface TestPageRun {
  /** Default: now. */
  readonly logicalDate?: string;
  /** Default: made of the logical date. */
  readonly runId?: string;
  /** Default `success`. */
  readonly state?: RunState;
  readonly startedAt?: string;
  /** Default: the logical date. */
  readonly endedAt?: string;
  /** By task id; of a mapped task a list. */
  readonly tasks?: Readonly<Record<string, TestPageTask | readonly TestPageTask[]>>;
}

/** What {@link testPage} is given. Instants are ISO 8601 text. */
export interface TestPageOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  /** Default 2025-10-05T12:00:00Z. */
  readonly now?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly connections?: Readonly<Record<string, TestConnection>>;
  /** Runs by DAG id, in any order. Default: there are none. */
  readonly runs?: Readonly<Record<string, readonly TestPageRun[]>>;
  readonly assetEvents?: readonly TestAssetEvent[];
  readonly signal?: AbortSignal;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

/**
 * Runs the code of a page in this process, with the server's own code around it: params are checked, what the page does not declare is refused, and the
 * panels are checked as the server checks them.
 *
 * @throws what the code throws; MillraceError BAD_PARAM, NOT_ALLOWED, PAGE_FAILED
 */
export async function testPage(page: PageDefinition, options: TestPageOptions = {}): Promise<readonly Panel[]> {
  const now = parseInstant(options.now ?? START, "UTC");
  const past = new Past(options, now);
  const { variables = {}, connections = {} } = options;
  return await tryPage({
    page,
    params: options.params ?? {},
    now,
    signal: options.signal ?? new AbortController().signal,
    fetch: options.fetch ?? fetch,
    sources: {
      secrets: {
        variable: (key) => Promise.resolve(variables[key]),
        connection: (id) => {
          const given = connections[id];
          return Promise.resolve(given === undefined || typeof given === "string" ? given : JSON.stringify(given));
        },
      },
      queries: {
        listRuns: async ({ dagId = "", states, limit = 100 }) => ({
          items: past
            .runs(dagId)
            .filter(({ state }) => states?.includes(state) ?? true)
            .slice(0, limit),
        }),
        listAssetEvents: async ({ uri, limit = 100 } = {}) => ({ items: past.events(uri).slice(0, limit) }),
      },
      store: {
        recentInstances: async ({ dagId, taskIds, states, runs, limit }) =>
          past
            .instances(dagId, runs)
            .filter(({ taskId, state }) => (taskIds?.includes(taskId) ?? true) && (states?.includes(state) ?? true))
            .slice(0, limit),
        recentResults: async ({ dagId, taskId, key, limit }) => past.results(dagId, taskId, key).slice(0, limit),
      },
    },
  });
}

interface PastRun {
  readonly run: (runId: number) => RunSummary;
  readonly tasks: readonly { readonly instance: RecentInstance; readonly given: TestPageTask }[];
}

/** What the runs of a test have left, the newest first. */
class Past {
  readonly #options: TestPageOptions;
  readonly #now: Micros;

  constructor(options: TestPageOptions, now: Micros) {
    this.#options = options;
    this.#now = now;
  }

  runs(dagId: string): readonly RunSummary[] {
    return this.#of(dagId).map(({ run }, index) => run(index));
  }

  instances(dagId: string, runs: number): readonly RecentInstance[] {
    return this.#of(dagId)
      .slice(0, runs)
      .flatMap(({ tasks }) => tasks.map(({ instance }) => instance));
  }

  results(dagId: string, taskId: string, key: string | undefined): readonly RecentResult[] {
    return this.#of(dagId).flatMap(({ tasks }) =>
      tasks.flatMap(({ instance, given }) => {
        const value = key === undefined ? given.result : given.xcoms?.[key];
        if (instance.taskId !== taskId || value === undefined) return [];
        const { runKey, logicalDate, mapIndex, endedAt } = instance;
        return [
          { runKey, logicalDate, mapIndex, ...(endedAt !== undefined && { endedAt }), value: encodeValue(value) },
        ];
      }),
    );
  }

  events(uri: string | undefined): readonly AssetEventInfo[] {
    const { assetEvents = [] } = this.#options;
    return assetEvents
      .filter((event) => uri === undefined || event.uri === uri)
      .map(({ at, extra, runId, ...rest }, eventId) => ({
        ...rest,
        eventId,
        at: at === undefined ? this.#now : parseInstant(at, "UTC"),
        extra: extra === undefined ? null : JSON.stringify(extra),
        ...(runId !== undefined && { runKey: runId }),
      }))
      .toSorted((a, b) => b.at - a.at);
  }

  #of(dagId: string): readonly PastRun[] {
    return (this.#options.runs?.[dagId] ?? [])
      .map((given) => ({
        given,
        at: given.logicalDate === undefined ? this.#now : parseInstant(given.logicalDate, "UTC"),
      }))
      .toSorted((a, b) => b.at - a.at)
      .map(({ given, at }) => readRun(dagId, given, at));
  }
}

function readRun(dagId: string, given: TestPageRun, logicalDate: Micros): PastRun {
  const runKey = given.runId ?? `manual__${formatInstant(logicalDate)}`;
  const startedAt = given.startedAt === undefined ? logicalDate : parseInstant(given.startedAt, "UTC");
  const endedAt = given.endedAt === undefined ? logicalDate : parseInstant(given.endedAt, "UTC");
  const tasks = Object.entries(given.tasks ?? {}).flatMap(([taskId, one]) => {
    const all: readonly TestPageTask[] = Array.isArray(one) ? one : [one as TestPageTask];
    return all.map((task, index) => ({
      given: task,
      instance: {
        runKey,
        logicalDate,
        taskId,
        mapIndex: Array.isArray(one) ? index : -1,
        state: task.state ?? "success",
        tryNumber: 1,
        startedAt: task.startedAt === undefined ? startedAt : parseInstant(task.startedAt, "UTC"),
        endedAt: task.endedAt === undefined ? endedAt : parseInstant(task.endedAt, "UTC"),
        ...(task.reason !== undefined && { reason: task.reason }),
      },
    }));
  });
  const counts: Partial<Record<TaskState, number>> = {};
  for (const { instance } of tasks) counts[instance.state] = (counts[instance.state] ?? 0) + 1;
  const run = (runId: number): RunSummary => ({
    runId,
    dagId,
    runKey,
    runType: "manual",
    state: given.state ?? "success",
    dagVersion: 1,
    logicalDate,
    intervalStart: logicalDate,
    intervalEnd: logicalDate,
    runAfter: logicalDate,
    queuedAt: startedAt,
    startedAt,
    endedAt,
    triggeredBy: "test",
    changeVersion: 1,
    counts,
  });
  return { run, tasks };
}
