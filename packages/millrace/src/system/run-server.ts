import { createServer, type Caller } from "@millrace/server";
import { openStore } from "@millrace/store";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { makeServerPorts } from "./make-server-ports.ts";
import { openDatabase } from "./open-database.ts";
import { serverSettings } from "./server-settings.ts";

/** What a server is started with. */
export interface RunServerOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Of Millrace. */
  readonly version: string;
}

/** Who is nobody in particular may do nothing. */
const NOBODY: Caller = { kind: "anonymous", name: "anonymous", permissions: new Set() };

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, like `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly database: string;
  /** Takes no more requests, finishes those that it has, and lets go of the database. */
  stop(): Promise<void>;
}

/** Starts the HTTP server of a project on its database. Any number may run. @throws MillraceError NO_DATABASE, BAD_CONFIG */
export async function runServer({ config, log, version }: RunServerOptions): Promise<RunningServer> {
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0)) await end();
  };
  try {
    const database = await openDatabase(config, "command");
    ends.unshift(() => database.close());
    const store = await openStore({
      url: database.url,
      dataFolder: config.core.dataFolder,
      log: (line) => log.warn({}, line),
    });
    ends.unshift(() => store.close());
    const ports = await makeServerPorts({ config, store, log });
    const app = await createServer({
      ports,
      settings: serverSettings(config, version),
      authenticate: () => Promise.resolve(NOBODY),
      log,
    });
    ends.unshift(() => app.close());
    const url = await app.listen({ host: config.server.host, port: config.server.port });
    return { url, database: database.name, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
