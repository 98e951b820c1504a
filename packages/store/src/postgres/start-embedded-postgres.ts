import { joinServer, leaveServer, reviveServer } from "./join-server.ts";
import type { EmbeddedOptions, JoinedServer } from "./join-server.ts";
import { stateOfProcess } from "./process-identity.ts";
import { embeddedUrl } from "./server-process.ts";
import type { ServerProcess } from "./server-process.ts";

const WATCH_INTERVAL_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** The embedded server of the Millrace that owns its folder. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** Of the database `millrace`, over a Unix socket. Understood by `pg` and libpq, and by other programs of the same user. */
  readonly url: string;
  /** The server's process at the moment. */
  readonly pid: number;
  /** Fast shutdown: rolls back what is open, flushes, waits for the end. Doing it twice does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL of a data folder and owns the folder until {@link EmbeddedPostgres.stop}. Creates the database at the first start.
 *
 * A server left over by an owner that was killed is taken over, not restarted. While owned, a server that dies is started again within about a second.
 * When this process ends without `stop()` the server keeps running until the next start in the folder takes it over.
 *
 * @throws MillraceError DATA_FOLDER_IN_USE when another live process owns the folder; NO_DATABASE when no server can be started.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const owned = new OwnedServer(await joinServer(options, "main"), options);
  owned.watch();
  return owned;
}

class OwnedServer implements EmbeddedPostgres {
  readonly url: string;
  readonly #joined: JoinedServer;
  readonly #options: EmbeddedOptions;
  #server: ServerProcess;
  #timer: NodeJS.Timeout | undefined;
  #reviving: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(joined: JoinedServer, options: EmbeddedOptions) {
    if (joined.server === undefined) throw new Error("a main always has its server in its own container");
    this.url = embeddedUrl(joined.socketFolder);
    this.#joined = joined;
    this.#options = options;
    this.#server = joined.server;
  }

  get pid(): number {
    return this.#server.identity.pid;
  }

  watch(pauseMs = WATCH_INTERVAL_MS): void {
    this.#timer = setTimeout(() => {
      this.#reviving = this.#check(pauseMs);
    }, pauseMs);
    this.#timer.unref();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#reviving;
    await leaveServer(this.#joined, "main");
  }

  async #check(pauseMs: number): Promise<void> {
    let nextPauseMs = WATCH_INTERVAL_MS;
    if ((await stateOfProcess(this.#server.identity)) !== "alive") nextPauseMs = await this.#revive(pauseMs);
    if (this.#stopped === undefined) this.watch(nextPauseMs);
  }

  async #revive(pauseMs: number): Promise<number> {
    if (this.#stopped !== undefined) return WATCH_INTERVAL_MS;
    this.#options.log?.(`PostgreSQL (process ${String(this.pid)}) has ended unexpectedly; starting it again`);
    try {
      this.#server = await reviveServer(this.#joined, this.#options);
      return WATCH_INTERVAL_MS;
    } catch (error) {
      // A full disk, say: the owner waits and tries again for as long as it lives.
      const nextPauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log?.(`PostgreSQL does not start (next try in ${String(nextPauseMs / 1000)} s): ${reason}`);
      return nextPauseMs;
    }
  }
}
