import { MillraceError } from "../errors.ts";
import { parseDuration } from "../model/duration.ts";
import type { Duration } from "../model/instant.ts";
import type { Panel } from "../pages/panel.ts";
import { declareParams, type ParamValues } from "../params/param.ts";
import { checkParamDefinitions } from "../params/resolve-params.ts";
import { PAGE_ICONS, type PageIcon, type PageInfo } from "../pages/page-info.ts";
import { lineOf, siteOf, type Site } from "./build-error.ts";
import { CHECKS, oneOf, type Check } from "./check-options.ts";
import { isDag } from "./dag.ts";
import type { DagOrId, PageContext } from "./page-context.ts";

// Registered, so that a page made by another copy of the package is recognised.
const PAGE = Symbol.for("millrace.page");
const MILLIS = 1_000;
const LONGEST_SECONDS = 60;

/** Options of {@link page}. */
export interface PageOptions<P extends object> {
  readonly title: string;
  readonly description?: string;
  /** Makes it a tab of this DAG. Default: a page of its own. */
  readonly dag?: DagOrId;
  /** Further DAGs that it reads. Whoever looks at the page must be allowed to read these and `dag`. */
  readonly reads?: readonly DagOrId[];
  readonly icon?: PageIcon;
  /** What was computed is shown to everybody for so long, and asked for again then: 5 to 86 400, default 60. */
  readonly refreshSeconds?: number;
  /** Then it is stopped. Default `10s`, at most `60s`. */
  readonly executionTimeout?: Duration;
  /** Connections that it may read. */
  readonly connections?: readonly string[];
  /** Variables that it may read. */
  readonly variables?: readonly string[];
  /** What people may set above the page, with defaults. */
  readonly params?: P;
}

/** What a page shows: panels from top to bottom, side by side where there is room. */
export type PageBody<P> = (ctx: PageContext<P>) => readonly Panel[] | Promise<readonly Panel[]>;

/** A page as a DAG file exports it. */
export interface PageDefinition {
  readonly [PAGE]: true;
  readonly pageId: string;
  /** What it declares. @throws MillraceError BAD_DAG, BAD_PARAM */
  info(): PageInfo;
  readonly data: PageBody<never>;
}

type NoParams = Record<never, never>;

/**
 * Adds a page to the UI, or a tab to a DAG: `export const health = page("orders_health", { title: "Health", dag: orders }, async (ctx) => [ … ])`.
 *
 * The function runs in a process of its own whenever somebody looks, with limits of time, memory and size. It only reads.
 *
 * @param id 1–250 of `A-Z a-z 0-9 - . _`, unique among all DAG files.
 */
export function page<const P extends object = NoParams>(
  id: string,
  options: PageOptions<P>,
  data: PageBody<ParamValues<P>>,
): PageDefinition {
  const place = { pageId: String(id), site: siteOf(page) };
  if (CHECKS.name(id) !== undefined)
    throw badPage(
      place,
      `the id ${JSON.stringify(id)} is not allowed: use 1 to 250 of the characters A-Z a-z 0-9 - . _`,
    );
  if (typeof data !== "function") throw badPage(place, "page() needs a function as its last argument");
  return Object.freeze({
    [PAGE]: true as const,
    pageId: id,
    info: () => infoOf(place, options),
    data: data,
  });
}

/** True for what `page()` returns, of any copy of the package. */
export function isPage(value: unknown): value is PageDefinition {
  return typeof value === "object" && value !== null && PAGE in value;
}

/** The pages among the exports of a module and in exported arrays, each once, in order. */
export function findPages(exports: object): readonly PageDefinition[] {
  return [...new Set(Object.values(exports).flat().filter(isPage))];
}

interface PagePlace {
  readonly pageId: string;
  readonly site: Site;
}

const whole =
  (least: number, most: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `needs a whole number from ${least} to ${most}`;

const OPTIONS: Readonly<Record<keyof PageOptions<object>, Check>> = {
  title: CHECKS.text,
  description: CHECKS.text,
  dag: CHECKS.any,
  reads: CHECKS.list,
  icon: oneOf(...PAGE_ICONS),
  refreshSeconds: whole(5, 86_400),
  executionTimeout: CHECKS.duration,
  connections: CHECKS.texts,
  variables: CHECKS.texts,
  params: CHECKS.record,
};

function infoOf(place: PagePlace, options: PageOptions<object>): PageInfo {
  if (CHECKS.record(options) !== undefined || CHECKS.text(options.title) !== undefined)
    throw badPage(place, "it needs a title");
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONS, name))
      throw badPage(place, `${name} is not an option here; the options are ${Object.keys(OPTIONS).join(", ")}`);
    const wrong = value === undefined ? undefined : OPTIONS[name as keyof PageOptions<object>](value);
    if (wrong !== undefined) throw badPage(place, `${name}: ${wrong}`);
  }
  const timeLimitMs = parseDuration(options.executionTimeout ?? "10s") / MILLIS;
  if (timeLimitMs < 1 || timeLimitMs > LONGEST_SECONDS * MILLIS)
    throw badPage(place, `executionTimeout: needs a length of time from 1ms to ${LONGEST_SECONDS}s`);
  const params = declareParams((options.params ?? {}) as Readonly<Record<string, unknown>>);
  // Whoever opens a page gives no values.
  const needy = Object.keys(params).find((name) => params[name].default === undefined);
  if (needy !== undefined) throw badPage(place, `the param ${needy} needs a default`);
  checkParamDefinitions(params, { isScheduled: true });
  const dagId = options.dag === undefined ? undefined : dagIdOf(place, options.dag);
  const reads = (options.reads ?? []).map((one) => dagIdOf(place, one));
  const { title, description, icon } = options;
  return {
    pageId: place.pageId,
    title,
    ...(description !== undefined && { description }),
    ...(icon !== undefined && { icon }),
    ...(dagId !== undefined && { dagId }),
    dagIds: [...new Set([...(dagId === undefined ? [] : [dagId]), ...reads])],
    refreshSeconds: options.refreshSeconds ?? 60,
    timeLimitMs,
    connections: [...new Set(options.connections)],
    variables: [...new Set(options.variables)],
    params,
  };
}

function dagIdOf(place: PagePlace, given: unknown): string {
  if (isDag(given)) return given.dagId;
  if (CHECKS.name(given) === undefined) return given as string;
  throw badPage(place, "dag and reads: name DAGs by what dag() returned, or by their ids");
}

function badPage({ pageId, site }: PagePlace, message: string): MillraceError {
  const at = lineOf(site);
  return new MillraceError("BAD_DAG", `page ${pageId}: ${message}${at === undefined ? "" : ` (at ${at})`}`, {
    details: { pageId, ...(at !== undefined && { at }) },
  });
}
