import type { Queries } from "@millrace/core";
import type { DatabasePool } from "./postgres/index.ts";
import { createBackfill, findBackfill, listBackfills, runsAtDates, setBackfillState } from "./queries/backfills.ts";
import { deleteConnection, listConnections, readConnection, setConnection } from "./queries/connections.ts";
import { deleteDag } from "./queries/delete-dag.ts";
import { listAssetEvents, listAssets } from "./queries/list-assets.ts";
import { findDag, findSource, listDags, listImportErrors, listVersions } from "./queries/list-dags.ts";
import { findRun, findRunById, listChanges, listRuns } from "./queries/list-runs.ts";
import { findXCom, listTaskInstances, listTries, readLogRefs } from "./queries/list-task-instances.ts";
import { deletePool, listPools, listSchedulers, setPool } from "./queries/pools.ts";
import { updateAsset } from "./queries/update-asset.ts";
import { deleteVariable, listVariables, readVariable, setVariable } from "./queries/variables.ts";
import { readWhy } from "./queries/why.ts";
import type { Sealer } from "./secrets.ts";

/** Reads and settings on PostgreSQL. */
export function makeQueries(pool: DatabasePool, sealer: Sealer): Queries {
  return {
    listDags: (request = {}) => listDags(pool, request),
    findDag: (dagId) => findDag(pool, dagId),
    listVersions: (dagId) => listVersions(pool, dagId),
    findSource: (bundleHash) => findSource(pool, bundleHash),
    listImportErrors: () => listImportErrors(pool),
    listRuns: (request) => listRuns(pool, request),
    findRun: (dagId, runKey) => findRun(pool, dagId, runKey),
    findRunById: (runId) => findRunById(pool, runId),
    listTaskInstances: (request) => listTaskInstances(pool, request),
    listTries: (instance) => listTries(pool, instance),
    readLogRefs: (instance, tryNumber) => readLogRefs(pool, instance, tryNumber),
    findXCom: (instance, key) => findXCom(pool, instance, key),
    listChanges: (runId, afterVersion) => listChanges(pool, runId, afterVersion),
    createBackfill: (wish, by) => createBackfill(pool, wish, by),
    listBackfills: (request = {}) => listBackfills(pool, request),
    findBackfill: (backfillId) => findBackfill(pool, backfillId),
    setBackfillState: (backfillId, state) => setBackfillState(pool, backfillId, state),
    runsAtDates: (dagId, dates) => runsAtDates(pool, dagId, dates),
    listAssets: (request = {}) => listAssets(pool, request),
    listAssetEvents: (request = {}) => listAssetEvents(pool, request),
    updateAsset: (uri, extra) => updateAsset(pool, uri, extra),
    deleteDag: (dagId, options) => deleteDag(pool, dagId, options),
    listPools: () => listPools(pool),
    setPool: (info) => setPool(pool, info),
    deletePool: (name) => deletePool(pool, name),
    listVariables: (request = {}) => listVariables(pool, request),
    findVariable: (key) => readVariable(pool, sealer, key),
    setVariable: (variable) => setVariable(pool, sealer, variable),
    deleteVariable: (key) => deleteVariable(pool, key),
    listConnections: (request = {}) => listConnections(pool, request),
    findConnection: (connectionId) => readConnection(pool, sealer, connectionId),
    setConnection: (connection) => setConnection(pool, sealer, connection),
    deleteConnection: (connectionId) => deleteConnection(pool, connectionId),
    listSchedulers: () => listSchedulers(pool),
    why: (question) => readWhy(pool, question),
  };
}
