import { MillraceError, type Logins } from "@millrace/core";
import { createServer, makeAuthenticate } from "@millrace/server";
import { ensureRoles } from "@millrace/server/access";
import { openStore } from "@millrace/store";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { ensureFirstUser, type FirstLogin } from "./ensure-first-user.ts";
import { findUiFolder } from "./find-ui-folder.ts";
import { makeServerPorts } from "./make-server-ports.ts";
import { openDatabase } from "./open-database.ts";
import { serverSettings } from "./server-settings.ts";

/** What a server is started with. */
export interface RunServerOptions {
  readonly config: Config;
  readonly log: Logger;
  /** Of Millrace. */
  readonly version: string;
  /** How many ports above the configured one may be taken instead when it is in use, default 0. */
  readonly otherPorts?: number;
  /** Hears once of the user that was made because there was none, for people; never to be logged. */
  readonly onFirstUser?: (login: FirstLogin) => void;
}

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, like `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly database: string;
  /** Takes no more requests, finishes those that it has, and lets go of the database. */
  stop(): Promise<void>;
}

/** Starts the HTTP server of a project on its database. Any number may run. @throws MillraceError NO_DATABASE, BAD_CONFIG */
export async function runServer({
  config,
  log,
  version,
  otherPorts = 0,
  onFirstUser,
}: RunServerOptions): Promise<RunningServer> {
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
      secretKeys: config.security.secretKeys,
      log: (line) => log.warn({}, line),
    });
    ends.unshift(() => store.close());
    const ports = await makeServerPorts({ config, store, log });
    // A random password that nobody is told would be lost.
    if (onFirstUser === undefined && config.auth.adminPassword === undefined) await ensureRoles(store.accounts);
    else await ensureFirstUser(store.accounts, config).then((first) => first && onFirstUser?.(first));
    const settings = { ...serverSettings(config, version), uiFolder: findUiFolder() };
    const authenticate = makeAuthenticate({ ...ports, settings: settings.auth });
    const app = await createServer({ ports, settings, authenticate, log });
    ends.unshift(() => app.close());
    const sweeping = setInterval(() => void sweep(store.logins, log), SWEEP_MS);
    sweeping.unref();
    ends.unshift(() => Promise.resolve(clearInterval(sweeping)));
    const url = await listen(app, config.server, otherPorts);
    return { url, database: database.name, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Logins that have ended are deleted so often. */
const SWEEP_MS = 600_000;

async function sweep(logins: Logins, log: Logger): Promise<void> {
  try {
    await logins.sweep();
  } catch (error) {
    log.warn({ err: error }, "ended logins were not deleted");
  }
}

type App = Awaited<ReturnType<typeof createServer>>;

async function listen(app: App, { host, port }: Config["server"], otherPorts: number): Promise<string> {
  for (let tried = port; ; tried += 1) {
    try {
      return await app.listen({ host, port: tried });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EADDRINUSE" && tried < port + otherPorts) continue;
      if (code === undefined) throw error;
      throw new MillraceError(
        "BAD_CONFIG",
        `the server cannot listen on ${host}:${port}: ${(error as Error).message}`,
        {
          cause: error,
          details: { hint: "Choose another with server.port or server.host, or end the program that listens there." },
        },
      );
    }
  }
}
