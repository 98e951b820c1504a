// User code never runs here: a page is computed in a child process, and what comes back is data that is checked.
import {
  createMasker,
  MillraceError,
  readPanels,
  resolveParams,
  type Micros,
  type NetworkRules,
  type PageData,
  type Pages,
  type PageStore,
  type Panel,
  type SavedPage,
} from "@millrace/core";
import { childEnvironment } from "../executors/local/child-environment.ts";
import { answerPage, type PageSources } from "./answer-page.ts";
import { PageCache } from "./page-cache.ts";
import { PageProcesses } from "./page-processes.ts";

const MEMORY_MB = 256;
/** A slow page does not keep all others from being computed beside it. */
const PROCESSES = 2;
const IDLE_MS = 60_000;
const MOST_CHARS = 1_048_576;

/** What pages are made of. */
export interface PagesOptions extends PageSources {
  readonly store: PageStore;
  readonly loadBundle: (bundleHash: string) => Promise<{ readonly code: string; readonly file: string }>;
  /** By the database's clock. */
  readonly now: () => Micros;
  readonly dataFolder: string;
  /** The environment of this process; pages get a part of it, as tasks do. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names that are passed on besides the usual ones. */
  readonly environmentNames?: readonly string[];
  readonly network: NetworkRules;
  /** Heap of a process in MB. Default 256. */
  readonly memoryMb?: number;
  /** A process that has had nothing to do for so long is ended. Default 60 000. */
  readonly idleMs?: number;
}

/** Joins the pages of the database with the processes that compute them. */
export function createPages(options: PagesOptions): Pages {
  const { store, environment, environmentNames, dataFolder } = options;
  const processes = new PageProcesses({
    dataFolder,
    env: childEnvironment(environment, environmentNames),
    memoryMb: options.memoryMb ?? MEMORY_MB,
    processes: PROCESSES,
    idleMs: options.idleMs ?? IDLE_MS,
  });
  const cache = new PageCache<PageData & { readonly chars: number }>(() => performance.now());
  return {
    list: (request) => store.list(request),
    find: (pageId) => store.find(pageId),
    async compute(page, given) {
      const params = paramsOf(page, given);
      const { chars: _chars, ...data } = await cache.get({
        group: page.pageId,
        key: JSON.stringify([page.pageId, page.bundleHash, page.dagIds, params]),
        keepMs: page.refreshSeconds * 1_000,
        compute: () => computeNow({ page, params, options, processes }),
        sizeOf: ({ chars }) => chars,
      });
      return data;
    },
    close: () => Promise.resolve(processes.close()),
  };
}

/** @throws MillraceError BAD_PARAM */
function paramsOf(page: SavedPage, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(page.params, name));
  if (unknown !== undefined) {
    const has = Object.keys(page.params).join(", ");
    throw new MillraceError(
      "BAD_PARAM",
      `page ${page.pageId} has no param ${unknown}; it has ${has === "" ? "none" : has}`,
    );
  }
  return resolveParams({ dag: page.params, conf: given });
}

async function computeNow({
  page,
  params,
  options,
  processes,
}: {
  readonly page: SavedPage;
  readonly params: Readonly<Record<string, unknown>>;
  readonly options: PagesOptions;
  readonly processes: PageProcesses;
}): Promise<PageData & { readonly chars: number }> {
  const { pageId, bundleHash, file, timeLimitMs } = page;
  const computedAt = options.now();
  const startedMs = performance.now();
  const { end, secrets } = await processes.compute(
    (told) => ({
      request: { pageId, bundleHash, file, params, now: computedAt, network: options.network, maxChars: MOST_CHARS },
      code: async () => (await options.loadBundle(bundleHash)).code,
      reads: answerPage(page, options, told),
      timeLimitMs,
    }),
    bundleHash,
  );
  const mask = secrets.size === 0 ? (text: string) => text : createMasker(secrets);
  switch (end.kind) {
    case "made":
      return {
        panels: panelsOf(page, end.json, mask),
        computedAt,
        tookMs: Math.round(performance.now() - startedMs),
        chars: end.json.length,
      };
    case "failed":
      throw new MillraceError("PAGE_FAILED", `page ${pageId}: ${mask(end.message)}`, { details: { pageId } });
    case "late":
      throw new MillraceError(
        "TIMEOUT",
        `page ${pageId} was not computed within ${timeLimitMs / 1_000} s, so it was stopped: it waits for something slow, or never ends`,
        { details: { pageId, hint: "Let it read less, or set executionTimeout of the page, at most 60s." } },
      );
    default:
      throw new Error(`unreachable: ${JSON.stringify(end satisfies never)}`);
  }
}

function panelsOf({ pageId }: SavedPage, json: string, mask: (text: string) => string): readonly Panel[] {
  try {
    return readPanels(masked(JSON.parse(json), mask));
  } catch (error) {
    const { message } = error as Error;
    throw new MillraceError("PAGE_FAILED", `page ${pageId}: ${mask(message)}`, { details: { pageId }, cause: error });
  }
}

/** Secrets are masked here, where user code cannot keep them from being. */
function masked(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return value.map((one) => masked(one, mask));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [mask(key), masked(one, mask)]));
}
