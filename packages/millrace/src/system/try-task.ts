import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  findBlobKey,
  MillraceError,
  type BlobStore,
  type Dispatch,
  type DispatchItem,
  type EngineStore,
  type Executor,
  type FoundFile,
  type Outcome,
  type Report,
  type ResultKey,
  type StoredValue,
  type WorkerCalls,
} from "@millrace/core";
import {
  createClock,
  createLocalExecutor,
  readLiveLog,
  readLog,
  type LiveLogCursor,
  type LogLine,
} from "@millrace/engine";
import type { Config } from "../config.ts";
import type { ProjectSecrets } from "./project-secrets.ts";
import { rulesOf } from "./rules-of.ts";
import { templateConfiguration } from "./template-configuration.ts";

const LOOK_MS = 200;

/** A dispatch to run outside any run. */
export interface TryTaskOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dispatch: Dispatch;
  readonly file: FoundFile;
  readonly secrets: ProjectSecrets;
  /** Large results of the project's runs. */
  readonly blobs: BlobStore;
  /** Results of the run that the inputs come from, for long lists and streams. */
  readonly results: (key: Omit<ResultKey, "runId">) => Promise<readonly StoredValue[]>;
  /** What reads of other runs; without one, nothing is found there. */
  readonly store?: Pick<EngineStore, "findDatedResults" | "readAssetEvents">;
  readonly onLine: (line: LogLine) => void;
  /** Told when a sensor looks again, or a deferral goes on, after so long. */
  readonly onWait: (micros: number) => void;
  /** A wish to stop: `race` waits for the work, but not beyond it. */
  readonly stopping: { readonly signal: AbortSignal; readonly race: <T>(work: () => Promise<T>) => Promise<T> };
}

/** How the task ended; a wait is followed to its end. */
export type TaskEnd = Exclude<Outcome, { readonly kind: "reschedule" | "defer" }>;

/** Runs one dispatch in a worker of its own, in a temporary folder. Nothing is recorded anywhere. */
export async function tryTask(options: TryTaskOptions): Promise<TaskEnd> {
  const { config, env } = options;
  const dataFolder = await mkdtemp(join(tmpdir(), "millrace-test-task-"));
  const inbox = new Reports();
  const executor = await createLocalExecutor({
    dataFolder,
    calls: callsOf(options),
    report: (reports) => inbox.put(reports),
    clock: createClock(),
    environment: env,
    environmentNames: config.executor.environment,
    workers: 1,
    spares: 0,
    memoryMb: config.executor.memoryMb,
    graceMs: config.executor.graceMs,
    rules: rulesOf(config),
    configuration: templateConfiguration(config),
    // Everything stays in the answer: the folder is gone a moment later.
    inlineBytes: Number.MAX_SAFE_INTEGER,
  });
  try {
    return await options.stopping.race(() => runTurns({ options, dataFolder, inbox, executor }));
  } finally {
    await executor.close();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

interface Following {
  readonly options: TryTaskOptions;
  readonly dataFolder: string;
  readonly inbox: Reports;
  readonly executor: Executor;
}

/** Until the task has ended: a sensor that looks again, or a deferral that goes on, is one more turn. */
async function runTurns(following: Following): Promise<TaskEnd> {
  const { options, inbox, executor } = following;
  let dispatch = await inlined(options.dispatch, options.blobs);
  for (let turn = 0; ; turn += 1) {
    executor.start([dispatch]);
    const outcome = await follow(following, dispatch.dispatchId);
    if (!("afterMicros" in outcome)) return outcome;
    options.onWait(outcome.afterMicros);
    await sleep(outcome.afterMicros / 1_000, undefined, { signal: options.stopping.signal });
    const { resume: _before, ...again } = dispatch;
    const firstStartedAt = dispatch.firstStartedAt ?? inbox.firstStartedAt;
    dispatch = {
      ...again,
      dispatchId: `${dispatch.dispatchId.slice(0, 24)}${String(turn).padStart(8, "0")}`,
      ...(outcome.resume !== undefined && { resume: outcome.resume }),
      ...(firstStartedAt !== undefined && { firstStartedAt }),
    };
  }
}

/** Shows the lines of a dispatch while it runs. @returns how it ended */
async function follow({ options, dataFolder, inbox, executor }: Following, dispatchId: string): Promise<Outcome> {
  let cursor: LiveLogCursor | undefined;
  let printed = 0;
  for (;;) {
    const report = await inbox.next(LOOK_MS);
    options.stopping.signal.throwIfAborted();
    if (report?.kind === "started") executor.acknowledgeStarted([dispatchId]);
    if (report?.kind === "ended" || report?.kind === "lost") {
      const lines = report.log ? await readLog({ dataFolder, log: report.log }) : [];
      for (const line of lines.slice(printed)) options.onLine(line);
      return report.kind === "ended" ? report.outcome : { kind: "failed", cause: report.cause, retry: "never" };
    }
    const live = await readLiveLog({ dataFolder, dispatchId, ...(cursor && { cursor }) });
    cursor = live.cursor ?? cursor;
    for (const line of live.lines) options.onLine(line);
    printed += live.lines.length;
  }
}

/** Reports in order of arrival, for one reader. */
class Reports {
  readonly #waiting: Report[] = [];
  #wake: (() => void) | undefined;
  firstStartedAt: number | undefined;

  put(reports: readonly Report[]): void {
    this.#waiting.push(...reports);
    this.#wake?.();
  }

  /** @returns undefined when nothing came within the time. */
  async next(waitMs: number): Promise<Report | undefined> {
    if (this.#waiting.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, waitMs);
      await promise.finally(() => clearTimeout(timer));
    }
    const report = this.#waiting.shift();
    if (report?.kind === "started") this.firstStartedAt ??= report.startedAt;
    return report;
  }
}

/** A task that is tested may read; what it would change elsewhere is refused. */
function callsOf({ file, secrets, dispatch, results, blobs, store }: TryTaskOptions): WorkerCalls {
  const refuse = (what: string): never => {
    throw new MillraceError(
      "CONFLICT",
      `${dispatch.taskId} would ${what}; a test of one task does not. Test the whole DAG with \`millrace dags test ${dispatch.dagId}\``,
    );
  };
  return {
    bundle: (hash) =>
      file.bundle?.hash === hash
        ? Promise.resolve({ code: file.bundle.code, file: file.file })
        : refuse("need another bundle"),
    results: async ({ taskId, key, mapIndex, from, limit }) => {
      const values = await results({
        taskId,
        ...(key !== undefined && { key }),
        ...(mapIndex !== undefined && { mapIndex }),
      });
      return await Promise.all(values.slice(from, from + limit).map((value) => inline(value, blobs)));
    },
    async datedResults({ dispatchId: _, ...question }) {
      const found = await store?.findDatedResults(question);
      return found && { ...found, values: await Promise.all(found.values.map((value) => inline(value, blobs))) };
    },
    assetEvents: async ({ uris }) => (await store?.readAssetEvents(uris)) ?? [],
    variable: (_dispatchId, key) => secrets.variable(key),
    connection: (_dispatchId, connectionId) => secrets.connection(connectionId),
    trigger: ({ dagId }) => refuse(`trigger ${dagId}`),
    clearRun: ({ dagId, runKey }) => refuse(`clear ${runKey} of ${dagId}`),
    previousSuccess: () => Promise.resolve(undefined),
    stateOf: ({ dagId }) => refuse(`ask for the state of ${dagId}`),
    look: ({ dagId }) => refuse(`look at ${dagId}`),
  };
}

/** The worker's folder is not the project's: large values travel inside the dispatch. */
async function inlined(dispatch: Dispatch, blobs: BlobStore): Promise<Dispatch> {
  const inputs = await inlineAll(dispatch.inputs, blobs);
  const items = dispatch.items && (await inlineAll(dispatch.items, blobs));
  return { ...dispatch, inputs, ...(items && { items }) };
}

async function inlineAll<T extends DispatchItem>(
  inputs: Readonly<Record<string, T>>,
  blobs: BlobStore,
): Promise<Record<string, T>> {
  const entries = Object.entries(inputs).map(async ([name, input]): Promise<[string, T]> => {
    if (input.kind === "value" || input.kind === "item")
      return [name, { ...input, value: await inline(input.value, blobs) }];
    if (input.kind === "list")
      return [name, { ...input, values: await Promise.all(input.values.map((value) => inline(value, blobs))) }];
    return [name, input];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function inline(value: StoredValue, blobs: BlobStore): Promise<StoredValue> {
  const key = findBlobKey(value);
  return key === undefined ? value : (JSON.parse(await blobs.get(key)) as StoredValue);
}
