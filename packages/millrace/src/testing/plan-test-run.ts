import {
  formatInstant,
  manualInterval,
  MICROS,
  MillraceError,
  nextRun,
  parseInstant,
  resolveParams,
  type Graph,
  type Micros,
  type NewRun,
  type PreviousSuccess,
  type RunAssetEvent,
  type RunType,
} from "@millrace/core";
import type { RunOptions } from "./test-options.ts";

/** 2026-01-01T00:00:00Z: a test that names no time goes the same way every day. */
const DEFAULT_NOW: Micros = 20_454 * MICROS.d;

/** A run to be made, and what else its options say in the engine's words. */
export interface PlannedTestRun {
  readonly newRun: NewRun;
  readonly now: Micros;
  readonly variables: ReadonlyMap<string, string>;
  readonly connections: ReadonlyMap<string, string>;
  readonly assetEvents: readonly RunAssetEvent[];
  readonly previousSuccess?: PreviousSuccess;
}

/**
 * Reads the options of a test.
 *
 * @throws MillraceError BAD_PARAM for a conf that does not fit; BAD_ARGUMENT for a date that the schedule does not have, or that is none.
 */
export function planTestRun(graph: Graph, options: RunOptions): PlannedTestRun {
  const { conf, previousSuccess } = options;
  resolveParams({ dag: graph.dag.params, ...(conf !== undefined && { conf }) });
  const { runType, logicalDate, runAfter, ...interval } = datesOf(graph, options);
  const now = options.now === undefined ? runAfter : parseInstant(options.now);
  const newRun: NewRun = {
    dagId: graph.dagId,
    runKey: options.runId ?? `${runType}__${formatInstant(logicalDate)}`,
    runType,
    dagVersion: 1,
    logicalDate,
    ...interval,
    runAfter: Math.min(runAfter, now),
    conf: conf === undefined ? null : JSON.stringify(conf),
    triggeredBy: runType === "scheduled" ? "scheduler" : "test",
  };
  return {
    newRun,
    now,
    variables: new Map(Object.entries(options.variables ?? {}).map(([key, value]) => [key, textOf(value)])),
    connections: new Map(Object.entries(options.connections ?? {}).map(([id, value]) => [id, textOf(value)])),
    assetEvents: assetEventsOf(options, now),
    ...(previousSuccess && { previousSuccess: previousOf(graph, previousSuccess) }),
  };
}

interface RunDates {
  readonly runType: RunType;
  readonly logicalDate: Micros;
  readonly intervalStart: Micros;
  readonly intervalEnd: Micros;
  readonly runAfter: Micros;
}

function datesOf(graph: Graph, options: RunOptions): RunDates {
  const { schedule, start = DEFAULT_NOW } = graph.dag;
  const isInTime = ["cron", "cronTrigger", "interval", "assetsOrTime", "events", "once"].includes(schedule.kind);
  const isNamed = options.logicalDate !== undefined;
  const byAssets = options.assetEvents === undefined ? undefined : "asset_triggered";
  const runType = options.runType ?? byAssets ?? (isInTime && isNamed ? "scheduled" : "manual");
  const now = options.now === undefined ? Math.max(DEFAULT_NOW, start) : parseInstant(options.now);
  const logicalDate = options.logicalDate === undefined ? now : parseInstant(options.logicalDate);
  const { dataInterval } = options;
  if (dataInterval !== undefined) {
    const intervalEnd = parseInstant(dataInterval.end);
    const interval = { intervalStart: parseInstant(dataInterval.start), intervalEnd };
    return { runType, logicalDate, ...interval, runAfter: runType === "scheduled" ? intervalEnd : logicalDate };
  }
  if (runType === "scheduled" && isInTime) return { runType, ...scheduledRun(graph, logicalDate) };
  return { runType, logicalDate, ...manualInterval(schedule, logicalDate), runAfter: logicalDate };
}

function scheduledRun({ dagId, dag }: Graph, logicalDate: Micros): Omit<RunDates, "runType"> {
  const next = nextRun(dag.schedule, { start: logicalDate, catchup: true, now: logicalDate });
  if (next?.logicalDate === logicalDate) return next;
  const hint = next === undefined ? "it has none after it" : `the next one is ${formatInstant(next.logicalDate)}`;
  throw new MillraceError(
    "BAD_ARGUMENT",
    `the schedule of ${dagId} has no run for ${formatInstant(logicalDate)}: ${hint}; name that one, or a dataInterval, or say runType: "manual"`,
  );
}

function previousOf(
  graph: Graph,
  { logicalDate, dataInterval }: NonNullable<RunOptions["previousSuccess"]>,
): PreviousSuccess {
  const at = parseInstant(logicalDate);
  const { schedule } = graph.dag;
  const interval =
    dataInterval === undefined
      ? (nextRun(schedule, { start: at, catchup: true, now: at }) ?? manualInterval(schedule, at))
      : { intervalStart: parseInstant(dataInterval.start), intervalEnd: parseInstant(dataInterval.end) };
  return { logicalDate: at, intervalStart: interval.intervalStart, intervalEnd: interval.intervalEnd };
}

function assetEventsOf({ assetEvents = [] }: RunOptions, now: Micros): readonly RunAssetEvent[] {
  return assetEvents.map(({ uri, extra, at, dagId, taskId, runId }) => ({
    uri,
    at: at === undefined ? now : parseInstant(at),
    extra: extra === undefined ? null : JSON.stringify(extra),
    ...(dagId !== undefined && { dagId }),
    ...(taskId !== undefined && { taskId }),
    ...(runId !== undefined && { runKey: runId }),
  }));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
