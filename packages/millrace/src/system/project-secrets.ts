import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EngineStore, SecretsBackend } from "@millrace/core";
import { openStore } from "@millrace/store";
import type { Config } from "../config.ts";
import { openDatabase } from "./open-database.ts";
import { makeSecrets } from "./secrets/make-secrets.ts";

/** Connections and variables of a project, for a test that runs on another database. */
export interface ProjectSecrets extends SecretsBackend {
  close(): Promise<void>;
}

/** Looks in the places of the configuration. The project's database is opened when it is needed first and never created. */
export function openProjectSecrets(config: Config, env: Readonly<Record<string, string | undefined>>): ProjectSecrets {
  const database = openProjectStore(config);
  return { ...makeSecrets(config, { env, database: database.reads }), close: () => database.close() };
}

/** The variables and connections of a project's database, which is opened when it is needed first and never created. */
export function openProjectStore(config: Config): {
  readonly reads: Pick<EngineStore, "readVariable" | "readConnection">;
  readonly close: () => Promise<void>;
} {
  const hasDatabase = config.database.url !== undefined || existsSync(join(config.core.dataFolder, "postgres"));
  let opened: ReturnType<typeof openNow> | undefined;
  const engine = async (): Promise<EngineStore> => (await (opened ??= openNow(config))).engine;
  return {
    reads: {
      readVariable: async (key) => (hasDatabase ? await (await engine()).readVariable(key) : undefined),
      readConnection: async (id) => (hasDatabase ? await (await engine()).readConnection(id) : undefined),
    },
    close: async () => (await opened)?.close(),
  };
}

async function openNow(config: Config): Promise<{ readonly engine: EngineStore; readonly close: () => Promise<void> }> {
  const database = await openDatabase(config, "command");
  const store = await openStore({
    url: database.url,
    dataFolder: config.core.dataFolder,
    secretKeys: config.security.secretKeys,
    maxConnections: 2,
  });
  return {
    engine: store.engine,
    close: async () => {
      await store.close();
      await database.close();
    },
  };
}
