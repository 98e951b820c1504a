import { hostname } from "node:os";
import { createClock, sendCommand, type EngineLog } from "@millrace/engine";
import type { ServerPorts } from "@millrace/server";
import type { MillraceStore } from "@millrace/store";
import { processEnvironment, type Config } from "../config.ts";
import { rulesOf } from "./rules-of.ts";
import { makeWebhookPorts } from "./webhook-ports.ts";

/** What the ports of a server are made of. */
export interface ServerPortsOptions {
  readonly config: Config;
  readonly store: MillraceStore;
  readonly log: EngineLog;
  /** Where secrets are looked for before the database. Default: of this process. */
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
  const clock = createClock();
  const sentAtMs = clock.monotonicMs();
  clock.correct(await engine.now(), sentAtMs);
  const sending = { store: engine, queries, log, host: hostname(), pid: process.pid, rules: rulesOf(config) };
  return {
    now: () => clock.now(),
    queries,
    audit,
    changes: store.changes,
    metrics: store.metrics,
    database: store.database,
    signer: store.signer,
    webhooks: makeWebhookPorts({ store, sending, env }),
    commands: { send: async (dagId, command, by) => await sendCommand({ dagId, command, by }, sending) },
  };
}
