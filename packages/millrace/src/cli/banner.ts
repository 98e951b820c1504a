import { isAbsolute, relative } from "node:path";
import { describeSchedule, formatInstant, type DagSummary, type ImportError } from "@millrace/core";
import type { Config } from "../config.ts";
import { showSpan } from "./output/show-time.ts";
import type { Paint } from "./terminal.ts";

const NEXT_RUNS = 5;

/** What the banner tells. */
export interface BannerFacts {
  readonly version: string;
  readonly config: Config;
  readonly database: string;
  readonly serverUrl?: string | undefined;
  readonly dags: readonly DagSummary[];
  readonly errors: readonly ImportError[];
  /** By the database clock, in microseconds. */
  readonly now: number;
}

/** What `millrace start` says when everything runs. */
export function bannerLines(facts: BannerFacts, paint: Paint): readonly string[] {
  const { config, dags, errors } = facts;
  const short = (path: string): string => shortPath(config.projectFolder, path);
  const paused = dags.filter((dag) => dag.paused).length;
  const { workers, concurrency } = config.executor;
  return [
    `${paint.bold("Millrace")} ${facts.version}`,
    ...(facts.serverUrl === undefined ? [] : [`  server    ${paint.bold(facts.serverUrl)}`]),
    `  database  ${facts.database}`,
    `  data      ${short(config.core.dataFolder)}`,
    `  executor  local: ${workers} worker ${workers === 1 ? "process" : "processes"}, up to ${concurrency} tries at once`,
    `  DAGs      ${dags.length} in ${config.core.dagFolders.map(short).join(", ")}${paused > 0 ? `, ${paused} of them paused` : ""}`,
    ...(dags.length + errors.length === 0 ? [`            ${paint.yellow("no DAG files (*.dag.ts) are there")}`] : []),
    ...nextRunLines(facts, paint),
    ...errors.flatMap((error) => importErrorLines(error, config.projectFolder, paint)),
    paint.dim("Ctrl-C stops: once waits for what runs, twice stops now."),
  ];
}

/** A DAG file that cannot be loaded: where, and what is wrong. */
export function importErrorLines(error: ImportError, projectFolder: string, paint: Paint): readonly string[] {
  const place = [shortPath(projectFolder, error.file), error.line, error.column]
    .filter((part) => part !== undefined)
    .join(":");
  const [first, ...rest] = error.message.split("\n");
  return [`${paint.red("import error")} ${paint.bold(place)}: ${first}`, ...rest.map((line) => `  ${line}`.trimEnd())];
}

/** A path below the project folder as it is written there. */
export function shortPath(projectFolder: string, path: string): string {
  const inside = relative(projectFolder, path);
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

function nextRunLines({ dags, now }: BannerFacts, paint: Paint): readonly string[] {
  const coming = dags.flatMap(({ dagId, nextRun, schedule, paused }) =>
    nextRun && !paused ? [{ dagId, at: nextRun.runAfter, schedule }] : [],
  );
  coming.sort((a, b) => a.at - b.at);
  const width = Math.max(0, ...coming.slice(0, NEXT_RUNS).map(({ dagId }) => dagId.length));
  return coming.slice(0, NEXT_RUNS).map(({ dagId, at, schedule }, index) => {
    const wait = at <= now ? "now" : `in ${showSpan(at - now)}`;
    return `  ${index === 0 ? "next runs" : "         "} ${dagId.padEnd(width)}  ${formatInstant(at).replace("+00:00", "Z")} ${paint.dim(`(${wait}; ${describeSchedule(schedule)})`)}`;
  });
}
