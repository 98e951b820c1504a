import { existsSync } from "node:fs";
import { join } from "node:path";
import { environmentSecrets, type SecretsBackend } from "@millrace/engine";
import { openStore, type MillraceStore } from "@millrace/store";
import type { Config } from "../config.ts";
import { openDatabase } from "./open-database.ts";

/** Connections and variables of a project, for a test that runs on another database. */
export interface ProjectSecrets extends SecretsBackend {
  close(): Promise<void>;
}

/** Looks in the environment, then in the project's database, which is opened when it is needed first and never created. */
export function openProjectSecrets(config: Config, env: Readonly<Record<string, string | undefined>>): ProjectSecrets {
  const environment = environmentSecrets(env);
  const hasDatabase = config.database.url !== undefined || existsSync(join(config.core.dataFolder, "postgres"));
  let opened: Promise<{ readonly store: MillraceStore; readonly close: () => Promise<void> }> | undefined;
  const store = async (): Promise<MillraceStore> => (await (opened ??= openProjectStore(config))).store;
  return {
    variable: async (key) =>
      (await environment.variable(key)) ?? (hasDatabase ? (await store()).engine.readVariable(key) : undefined),
    connection: async (id) =>
      (await environment.connection(id)) ?? (hasDatabase ? (await store()).engine.readConnection(id) : undefined),
    close: async () => (await opened)?.close(),
  };
}

async function openProjectStore(
  config: Config,
): Promise<{ readonly store: MillraceStore; readonly close: () => Promise<void> }> {
  const database = await openDatabase(config, "command");
  const store = await openStore({ url: database.url, dataFolder: config.core.dataFolder, secretKeys: config.security.secretKeys, maxConnections: 2 });
  return {
    store,
    close: async () => {
      await store.close();
      await database.close();
    },
  };
}
