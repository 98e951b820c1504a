import type { PageInstance, PageResult, PageRun, Panel, PanelState } from "millrace";
import { FRESHNESS_LIMITS } from "./freshness.ts";
import { LAYERS, type Layer } from "./lake-schema.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Points of a line of ages. */
const SAMPLES = 240;
const MOST_FAILURES = 20;

/** What the runs of this pipeline have left; lists in any order. */
export interface HealthFacts {
  readonly nowMs: number;
  /** How far back the charts go. */
  readonly hours: number;
  /** What the passes over the layers answered. */
  readonly passes: Readonly<Record<Layer, readonly PageResult[]>>;
  /** Records published by source, a result per run (and source). */
  readonly published: readonly PageResult[];
  /** The checks of the newest monitoring run. */
  readonly checks: readonly PageInstance[];
  readonly failures: readonly PageInstance[];
  readonly runs: readonly PageRun[];
}

/** The dashboard: how fresh the layers are and were, what was published, and what failed. */
export function healthPanels(facts: HealthFacts): readonly Panel[] {
  const dataAt = mapLayers((layer) => commitsOf(facts.passes[layer]));
  return [
    ...LAYERS.map((layer) => freshnessStat(layer, dataAt[layer], facts.nowMs)),
    lastRunStat(facts),
    agesOverTime(dataAt, facts),
    { ...perSource(facts.published), width: "third" },
    { ...publishedOverTime(facts), width: "third" },
    { ...checkList(facts.checks), width: "third" },
    failureTable(facts.failures),
  ];
}

function mapLayers<T>(make: (layer: Layer) => T): Readonly<Record<Layer, T>> {
  return { bronze: make("bronze"), silver: make("silver"), gold: make("gold") };
}

/** When a layer received data, ascending. A pass that found nothing new left it as old as it was. */
function commitsOf(passes: readonly PageResult[]): readonly number[] {
  const committed = passes.filter(
    ({ value }) => (value as { readonly outcome?: unknown } | undefined)?.outcome === "committed",
  );
  return committed
    .flatMap(({ endedAt }) => (endedAt === undefined ? [] : [Date.parse(endedAt)]))
    .toSorted((a, b) => a - b);
}

/** @returns undefined before the first data */
function ageMinutes(commits: readonly number[], atMs: number): number | undefined {
  const last = commits.findLast((commitMs) => commitMs <= atMs);
  return last === undefined ? undefined : (atMs - last) / MINUTE_MS;
}

function judge(age: number | undefined, limit: number): PanelState {
  if (age === undefined || age > limit) return "bad";
  return age > 0.8 * limit ? "warn" : "ok";
}

function freshnessStat(layer: Layer, commits: readonly number[], nowMs: number): Panel {
  const age = ageMinutes(commits, nowMs);
  const limit = FRESHNESS_LIMITS[layer];
  return {
    kind: "stat",
    title: `${layer[0].toUpperCase()}${layer.slice(1)}: age of the newest data`,
    value: age === undefined ? null : Math.round(age),
    unit: "min",
    state: judge(age, limit),
    hint: age === undefined ? "No run has brought it data." : `Limit ${limit} minutes`,
  };
}

function lastRunStat({ runs }: HealthFacts): Panel {
  const ended = runs.filter(({ state }) => state === "success" || state === "failed");
  const last = newest(ended, ({ endedAt = "" }) => endedAt);
  const failed = ended.filter(({ state }) => state === "failed").length;
  return {
    kind: "stat",
    title: "Failed runs",
    value: failed,
    state: failed === 0 ? "ok" : last?.state === "failed" ? "bad" : "warn",
    hint: `Of the last ${ended.length} runs of all DAGs of the pipeline`,
    ...(last && { link: last.link }),
  };
}

function agesOverTime(dataAt: Readonly<Record<Layer, readonly number[]>>, { nowMs, hours }: HealthFacts): Panel {
  // Before the first data there is nothing to see.
  const firstMs = Math.min(...LAYERS.flatMap((layer) => dataAt[layer].slice(0, 1)), nowMs);
  const fromMs = Math.max(nowMs - hours * HOUR_MS, firstMs);
  const stepMs = (nowMs - fromMs) / SAMPLES;
  const samples = Array.from({ length: SAMPLES + 1 }, (_, index) => fromMs + index * stepMs);
  // Just before and at each arrival, so that the age falls at once and not along a slope.
  const arrivals = LAYERS.flatMap((layer) => dataAt[layer]).filter((atMs) => atMs > fromMs);
  const times = [...new Set([...samples, ...arrivals.flatMap((atMs) => [atMs - 1, atMs])].map(Math.round))].toSorted(
    (a, b) => a - b,
  );
  return {
    kind: "series",
    title: "Age of the newest data",
    hint: "Falls when a run brings data, grows until the next one does.",
    unit: "min",
    width: "full",
    lines: LAYERS.map((layer) => ({
      label: layer,
      points: times.map((atMs) => [instant(atMs), rounded(ageMinutes(dataAt[layer], atMs))]),
    })),
    thresholds: LAYERS.map((layer) => ({ label: `limit of ${layer}`, value: FRESHNESS_LIMITS[layer], state: "warn" })),
  };
}

function perSource(published: readonly PageResult[]): Panel {
  const bySource = new Map<string, PageResult>();
  for (const result of published.toSorted((a, b) => compare(a.logicalDate, b.logicalDate)))
    for (const source of Object.keys(countsOf(result))) bySource.set(source, result);
  return {
    kind: "bars",
    title: "Domains per source",
    hint: "Published by the last run that read the source",
    unit: "domains",
    bars: [...bySource]
      .map(([source, result]) => ({ label: source, value: countsOf(result)[source] ?? 0, link: result.link }))
      .toSorted((a, b) => b.value - a.value)
      .map((bar) => (bar.value === 0 ? { ...bar, state: "bad" } : bar)),
  };
}

function publishedOverTime({ published, nowMs, hours }: HealthFacts): Panel {
  const since = published.filter(
    ({ endedAt }) => endedAt !== undefined && Date.parse(endedAt) >= nowMs - hours * HOUR_MS,
  );
  const sources = [...new Set(since.flatMap((result) => Object.keys(countsOf(result))))].toSorted();
  return {
    kind: "series",
    title: "Published domains",
    hint: "Per run and source",
    unit: "domains",
    lines: sources.map((source) => ({
      label: source,
      points: since.flatMap((result) => {
        const count = countsOf(result)[source];
        return count === undefined ? [] : [[result.endedAt as string, count] as const];
      }),
    })),
  };
}

function checkList(checks: readonly PageInstance[]): Panel {
  return {
    kind: "status",
    title: "Checks of the last monitoring run",
    items: checks.map(({ taskId, state, endedAt, reason, link }) => ({
      label: taskId.replace(/^.*\./, "").replaceAll("_", " "),
      state,
      ...(reason !== undefined && { text: reason }),
      ...(endedAt !== undefined && { at: endedAt }),
      link,
    })),
    empty: "The monitoring has not run yet.",
  };
}

function failureTable(failures: readonly PageInstance[]): Panel {
  return {
    kind: "table",
    title: "Last failures",
    columns: [
      { key: "at", title: "When", as: "time" },
      { key: "dag", title: "DAG" },
      { key: "task", title: "Task" },
      { key: "reason", title: "Why" },
    ],
    rows: failures
      .toSorted((a, b) => compare(b.endedAt ?? "", a.endedAt ?? ""))
      .slice(0, MOST_FAILURES)
      .map(({ dagId, taskId, state, endedAt, reason, link }) => ({
        at: endedAt ?? null,
        dag: dagId,
        task: { value: taskId, state, link },
        reason: reason ?? null,
      })),
    empty: "Nothing has failed in the runs that were looked at.",
  };
}

function countsOf({ value }: PageResult): Readonly<Record<string, number>> {
  return (value ?? {}) as Readonly<Record<string, number>>;
}

function newest<T>(all: readonly T[], at: (one: T) => string): T | undefined {
  return all.toSorted((a, b) => compare(at(b), at(a))).at(0);
}

function rounded(age: number | undefined): number | null {
  return age === undefined ? null : Math.round(age * 10) / 10;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const instant = (atMs: number): string => new Date(atMs).toISOString();
