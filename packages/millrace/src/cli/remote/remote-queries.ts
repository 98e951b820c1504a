import * as api from "@millrace/api";
import { formatInstant, type BackfillWish, type Micros, type Queries, type RunAtDate } from "@millrace/core";
import { askServer, orNothing } from "./ask-server.ts";
import { remoteSettings } from "./remote-settings.ts";

/** Dates that are asked for together: a URL has its limits. */
const DATES_AT_ONCE = 150;

/** What people and programs may look at and set, asked of a server. It answers what whoever asks may see there. */
export function remoteQueries(client: api.MillraceClient): Queries {
  return {
    ...dagQueries(client),
    ...runQueries(client),
    ...backfillQueries(client),
    ...assetQueries(client),
    ...remoteSettings(client),
  };
}

type DagQueries = Pick<
  Queries,
  "listDags" | "findDag" | "listVersions" | "findSource" | "listImportErrors" | "deleteDag" | "listSchedulers" | "why"
>;

function dagQueries(client: api.MillraceClient): DagQueries {
  return {
    listDags: (request = {}) => askServer(client, api.listDags, { query: request }),
    findDag: (dagId) => orNothing(askServer(client, api.getDag, { params: { dagId } })),
    listVersions: async (dagId) => (await askServer(client, api.listVersions, { params: { dagId } })).items,
    findSource: (bundleHash) => orNothing(askServer(client, api.getBundleSource, { params: { bundleHash } })),
    listImportErrors: async () => (await askServer(client, api.listImportErrors, {})).items,
    deleteDag: async (dagId) => (await askServer(client, api.removeDag, { params: { dagId } })).runs,
    listSchedulers: async () => (await askServer(client, api.listSchedulers, {})).items,
    why: ({ dagId, ...query }) => orNothing(askServer(client, api.getWhyFacts, { params: { dagId }, query })),
  };
}

type RunQueries = Pick<
  Queries,
  | "listRuns"
  | "findRun"
  | "findRunById"
  | "listTaskInstances"
  | "listTries"
  | "readLogRefs"
  | "findXCom"
  | "listChanges"
>;

function runQueries(client: api.MillraceClient): RunQueries {
  const tries: RunQueries["listTries"] = async (instance) =>
    (await askServer(client, api.listTries, { params: instance })).items;
  return {
    listRuns: ({ states, ...query }) =>
      askServer(client, api.listRuns, { query: { ...query, ...(states && { states: states.join() }) } }),
    findRun: (dagId, runKey) => orNothing(askServer(client, api.findRun, { params: { dagId, runKey } })),
    findRunById: (runId) => orNothing(askServer(client, api.getRun, { params: { runId } })),
    listTaskInstances: ({ runId, states, ...query }) =>
      askServer(client, api.listTaskInstances, {
        params: { runId },
        query: { ...query, ...(states && { states: states.join() }) },
      }),
    listTries: tries,
    readLogRefs: async (instance, tryNumber) => {
      const all = await tries(instance);
      const found = tryNumber === undefined ? all.at(-1) : all.find((each) => each.tryNumber === tryNumber);
      return found?.logs ?? [];
    },
    findXCom: (params, key) =>
      orNothing(askServer(client, api.getXCom, { params, query: key === undefined ? {} : { key } })),
    listChanges: async (runId, after) =>
      (await askServer(client, api.listChanges, { params: { runId }, query: { after } })).items,
  };
}

type BackfillQueries = Pick<
  Queries,
  "createBackfill" | "listBackfills" | "findBackfill" | "setBackfillState" | "runsAtDates"
>;

function backfillQueries(client: api.MillraceClient): BackfillQueries {
  return {
    // Who wants it is who asks the server.
    createBackfill: (wish) =>
      askServer(client, api.createBackfill, { params: { dagId: wish.dagId }, body: wishBody(wish) }),
    listBackfills: (query = {}) => askServer(client, api.listBackfills, { query }),
    findBackfill: (backfillId) => orNothing(askServer(client, api.getBackfill, { params: { backfillId } })),
    setBackfillState: (backfillId, state) =>
      askServer(client, api.setBackfillState, { params: { backfillId }, body: { state } }),
    runsAtDates: async (dagId, dates) => {
      const found: RunAtDate[] = [];
      for (let from = 0; from < dates.length; from += DATES_AT_ONCE) {
        const query = {
          dates: dates
            .slice(from, from + DATES_AT_ONCE)
            .map(shortInstant)
            .join(),
        };
        found.push(...(await askServer(client, api.findRunsAtDates, { params: { dagId }, query })).items);
      }
      return found;
    },
  };
}

function assetQueries(client: api.MillraceClient): Pick<Queries, "listAssets" | "listAssetEvents" | "updateAsset"> {
  return {
    listAssets: (query = {}) => askServer(client, api.listAssets, { query }),
    listAssetEvents: (query = {}) => askServer(client, api.listAssetEvents, { query }),
    updateAsset: (uri, extra) =>
      askServer(client, api.updateAsset, { body: { uri, ...(extra !== null && { extra: objectOf(extra) }) } }),
  };
}

function wishBody({
  from,
  to,
  reprocess,
  reverse,
  maxActiveRuns,
  conf,
  taskIds,
}: BackfillWish): api.CallInput<typeof api.createBackfill>["body"] {
  return {
    from: formatInstant(from),
    to: formatInstant(to),
    reprocess,
    reverse,
    maxActiveRuns,
    ...(conf !== null && { conf: objectOf(conf) }),
    ...(taskIds && { taskIds: [...taskIds] }),
  };
}

function objectOf(json: string): Readonly<Record<string, unknown>> {
  return JSON.parse(json) as Readonly<Record<string, unknown>>;
}

function shortInstant(at: Micros): string {
  return formatInstant(at).replace("+00:00", "Z");
}
