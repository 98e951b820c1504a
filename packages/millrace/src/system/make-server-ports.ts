import { hostname } from "node:os";
import { join } from "node:path";
import {
  createFolderBlobStore,
  createLogReader,
  createPages,
  type EngineLog,
  previewCommand,
  sendCommand,
} from "@millrace/engine";
import type { ServerPorts } from "@millrace/server";
import type { MillraceStore } from "@millrace/store";
import { processEnvironment, type Config } from "../config.ts";
import { openDatabaseClock } from "./database-clock.ts";
import { makeProjectConnectionTypes } from "./project-connection-types.ts";
import { makeExecution } from "./make-execution.ts";
import { openInstalledProviders } from "./installed-providers.ts";
import { makeOwnPorts } from "./make-own-ports.ts";
import { rulesOf } from "./rules-of.ts";
import { makeSecrets } from "./secrets/make-secrets.ts";
import { shownConfiguration } from "./shown-configuration.ts";
import { makeWebhookPorts } from "./webhook-ports.ts";

/** What the ports of a server are made of. */
export interface ServerPortsOptions {
  readonly config: Config;
  readonly store: MillraceStore;
  readonly log: EngineLog;
  /** Where secrets may be looked for. Default: of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Joins the server with store and engine. */
export async function makeServerPorts({
  config,
  store,
  log,
  env = processEnvironment(),
}: ServerPortsOptions): Promise<ServerPorts> {
  const { engine, queries, audit } = store;
  const { dataFolder } = config.core;
  const now = await openDatabaseClock(engine);
  const providers = openInstalledProviders(config);
  const secrets = makeSecrets(config, { env, database: engine });
  const sending = { store: engine, queries, log, host: hostname(), pid: process.pid, rules: rulesOf(config) };
  return {
    now,
    queries,
    audit,
    assets: store.assets,
    totals: store.totals,
    settings: store.settings,
    connectionTypes: makeProjectConnectionTypes(config, { by: "server", providers }),
    accounts: store.accounts,
    logins: store.logins,
    changes: store.changes,
    own: makeOwnPorts(config, store),
    pages: createPages({
      store: store.pages,
      queries,
      secrets,
      now,
      loadBundle: (bundleHash) => engine.loadBundle(bundleHash),
      dataFolder,
      environment: env,
      environmentNames: config.executor.environment,
      network: rulesOf(config).network,
    }),
    metrics: store.metrics,
    execution: makeExecution({ store, dataFolder, secrets, now }),
    database: store.database,
    dagLists: store.dagLists,
    parseRequests: store.parseRequests,
    installation: {
      listProviders: () => providers.list(),
      configuration: shownConfiguration(config),
      rules: rulesOf(config),
    },
    signer: store.signer,
    webhooks: makeWebhookPorts({ store, sending, secrets }),
    runLists: store.runLists,
    notes: store.notes,
    overviews: store.overviews,
    logs: createLogReader({ store: engine, queries, dataFolder }),
    blobs: createFolderBlobStore(join(dataFolder, "blobs")),
    loadGraph: (dagId, version) => engine.loadGraph(dagId, version),
    commands: {
      send: async (dagId, command, by) => await sendCommand({ dagId, command, by }, sending),
      preview: async (dagId, command) => await previewCommand(dagId, command, sending),
    },
  };
}
