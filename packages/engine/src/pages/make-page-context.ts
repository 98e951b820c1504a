import {
  decodeValue,
  findBlobKey,
  formatInstant,
  MillraceError,
  missingConnection,
  missingVariable,
  parseConnection,
  type AssetEvent,
  type DagOrId,
  type Micros,
  type PageContext,
  type PageInstance,
  type PageResult,
  type PageRun,
  type RecentInstance,
  type RecentResult,
  type RunAssetEvent,
  type RunSummary,
} from "@millrace/core";
import type { PageReads } from "./page-protocol.ts";

/** What a context is made of. */
export interface PageContextParts {
  readonly pageId: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly now: () => Micros;
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
  readonly reads: PageReads;
}

/** What the code of a page gets. */
export function makePageContext({ reads, now, ...rest }: PageContextParts): PageContext {
  return {
    ...rest,
    now: () => formatInstant(now()),
    async variable(key, fallback) {
      const text = (await reads.variable(key)) ?? fallback;
      if (text === undefined) throw new MillraceError("NOT_FOUND", missingVariable(key));
      return text;
    },
    async connection(id) {
      const text = await reads.connection(id);
      if (text === null) throw new MillraceError("NOT_FOUND", missingConnection(id));
      return parseConnection(id, text);
    },
    async runs(dag, question) {
      return (await reads.runs({ ...question, dagId: idOf(dag) })).map(runOf);
    },
    async instances(dag, question) {
      const dagId = idOf(dag);
      return (await reads.instances({ ...question, dagId })).map((one) => instanceOf(dagId, one));
    },
    async results(dag, taskId, question) {
      const dagId = idOf(dag);
      return (await reads.results({ ...question, dagId, taskId })).map((one) => resultOf({ dagId, taskId }, one));
    },
    async assetEvents(asset, question) {
      const uri = typeof asset === "string" ? asset : asset.uri;
      return (await reads.assetEvents({ ...question, uri })).map(eventOf);
    },
  };
}

function idOf(dag: DagOrId): string {
  return typeof dag === "string" ? dag : dag.dagId;
}

function runOf(run: RunSummary): PageRun {
  const { dagId, runKey, runType, state, counts } = run;
  return {
    dagId,
    runId: runKey,
    runType,
    state,
    logicalDate: formatInstant(run.logicalDate),
    dataInterval: { start: formatInstant(run.intervalStart), end: formatInstant(run.intervalEnd) },
    queuedAt: formatInstant(run.queuedAt),
    ...times(run),
    tasks: counts,
    link: { dagId, runId: runKey },
  };
}

function instanceOf(dagId: string, one: RecentInstance): PageInstance {
  const { runKey, taskId, mapIndex, state, tryNumber, reason } = one;
  return {
    dagId,
    runId: runKey,
    logicalDate: formatInstant(one.logicalDate),
    taskId,
    mapIndex,
    state,
    tryNumber,
    ...times(one),
    ...(reason !== undefined && { reason }),
    link: { dagId, runId: runKey, taskId, mapIndex },
  };
}

function resultOf(
  { dagId, taskId }: { readonly dagId: string; readonly taskId: string },
  { runKey, logicalDate, mapIndex, endedAt, value }: RecentResult,
): PageResult {
  const isTooLarge = findBlobKey(value) !== undefined;
  return {
    dagId,
    runId: runKey,
    logicalDate: formatInstant(logicalDate),
    taskId,
    mapIndex,
    ...times({ endedAt }),
    value: isTooLarge ? undefined : decodeValue(value),
    isTooLarge,
    link: { dagId, runId: runKey, taskId, mapIndex },
  };
}

function eventOf({ at, extra, runKey, ...rest }: RunAssetEvent): AssetEvent {
  return {
    ...rest,
    at: formatInstant(at),
    extra: extra === null ? {} : (JSON.parse(extra) as AssetEvent["extra"]),
    ...(runKey !== undefined && { runId: runKey }),
  };
}

/** What crossed IPC has null in place of undefined. */
function times({
  startedAt,
  endedAt,
}: {
  readonly startedAt?: Micros | undefined;
  readonly endedAt?: Micros | undefined;
}): {
  readonly startedAt?: string;
  readonly endedAt?: string;
} {
  return {
    ...(typeof startedAt === "number" && { startedAt: formatInstant(startedAt) }),
    ...(typeof endedAt === "number" && { endedAt: formatInstant(endedAt) }),
  };
}
