import type {
  Totals,
  Accounts,
  AssetLists,
  Audit,
  ChangeFeed,
  DagLists,
  DatabaseCheck,
  EngineStore,
  Logins,
  MetricsStore,
  Notes,
  Overviews,
  OwnApiStore,
  PageStore,
  ParseRequests,
  Queries,
  RemoteDispatches,
  RetentionStore,
  RunLists,
  SettingsStore,
  Signer,
  Webhooks,
} from "@millrace/core";
import { makeAccounts } from "./accounts-port.ts";
import { makeDagLists } from "./dag-lists-port.ts";
import { makeEngineStore } from "./engine-store.ts";
import { openKeyRing } from "./key-file.ts";
import { makeAssetLists } from "./make-asset-lists.ts";
import { makeAudit } from "./make-audit.ts";
import { makeSigner } from "./make-signer.ts";
import { checkSchema, migrate } from "./migrations/migrate.ts";
import { makePageStore } from "./pages-port.ts";
import { openPool } from "./postgres/index.ts";
import { makeQueries } from "./queries-port.ts";
import { makeRunLists } from "./run-lists-port.ts";
import { makeRetentionStore } from "./retention/retention-store.ts";
import { listMetrics, saveMetrics } from "./queries/metrics.ts";
import { makeRemoteDispatches } from "./queries/remote-dispatches.ts";
import { runGuarded } from "./queries/run-guarded.ts";
import { makeOverviews } from "./overviews/make-overviews.ts";
import { makeOwnApiStore } from "./own-api/own-api-store.ts";
import { makeChangeFeed } from "./queries/change-feed.ts";
import { makeParseRequests } from "./queries/parse-requests.ts";
import { makeNotes } from "./queries/notes.ts";
import { makeTotals } from "./queries/totals.ts";
import { WakeUps } from "./queries/wake-ups.ts";
import { makeSealer } from "./secrets.ts";
import { makeSettingsStore } from "./settings/settings-store.ts";
import { makeWebhooks } from "./webhooks-port.ts";

/** Options of {@link openStore}. */
export interface StoreOptions {
  readonly url: string;
  /** Holds `secret.key`; without one neither connections nor secret variables can be stored or read. */
  readonly dataFolder?: string;
  /** Keys in base64 that come before those of `secret.key`. */
  readonly secretKeys?: readonly string[];
  /** Connections to the database at most, default 8. */
  readonly maxConnections?: number;
  /** Hears of lost connections and of missing sessions. */
  readonly log?: (line: string) => void;
}

/** An open database. */
export interface MillraceStore {
  readonly engine: EngineStore;
  readonly queries: Queries;
  readonly retention: RetentionStore;
  readonly audit: Audit;
  readonly assets: AssetLists;
  readonly totals: Totals;
  readonly settings: SettingsStore;
  readonly metrics: MetricsStore;
  readonly remote: RemoteDispatches;
  readonly database: DatabaseCheck;
  readonly accounts: Accounts;
  readonly logins: Logins;
  readonly changes: ChangeFeed;
  readonly ownApi: OwnApiStore;
  readonly pages: PageStore;
  readonly overviews: Overviews;
  readonly dagLists: DagLists;
  readonly runLists: RunLists;
  readonly notes: Notes;
  readonly parseRequests: ParseRequests;
  readonly signer: Signer;
  readonly webhooks: Webhooks;
  close(): Promise<void>;
}

/**
 * Opens a database, brings its schema up to date first.
 *
 * @throws MillraceError NO_DATABASE, SCHEMA_TOO_NEW, BAD_CONFIG
 */
export async function openStore(options: StoreOptions): Promise<MillraceStore> {
  const log = options.log ?? (() => undefined);
  const keys = await openKeyRing(options);
  const sealer = makeSealer(keys);
  const pool = await openPool({
    url: options.url,
    log,
    ...(options.maxConnections !== undefined && { max: options.maxConnections }),
  });
  try {
    await pool.withClient((client) => migrate(client));
  } catch (error) {
    await pool.close();
    throw error;
  }
  const wakeUps = new WakeUps(pool, log);
  const engine = makeEngineStore({ pool, sealer, wakeUps });
  return {
    engine,
    queries: makeQueries(pool, sealer),
    retention: makeRetentionStore(pool),
    settings: makeSettingsStore(pool, sealer),
    ...makeAccounts(pool),
    remote: makeRemoteDispatches(pool),
    metrics: { save: (snapshot) => saveMetrics(pool, snapshot), list: () => listMetrics(pool) },
    database: { check: () => runGuarded(pool, "any", (client) => checkSchema(client)) },
    audit: makeAudit(pool),
    assets: makeAssetLists(pool),
    totals: makeTotals(pool),
    changes: makeChangeFeed(pool, log),
    ownApi: makeOwnApiStore(pool),
    pages: makePageStore(pool),
    overviews: makeOverviews(pool),
    dagLists: makeDagLists(pool),
    runLists: makeRunLists(pool),
    notes: makeNotes(pool),
    parseRequests: makeParseRequests(pool, wakeUps),
    signer: makeSigner(keys()),
    webhooks: makeWebhooks(pool),
    close: async () => {
      await engine.close();
      await pool.close();
    },
  };
}
