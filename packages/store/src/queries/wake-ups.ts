import type pg from "pg";
import type { DatabasePool } from "../postgres/index.ts";

/** What can wake somebody: a channel of NOTIFY each. */
export type WakeUp = "inbox" | "answers" | "dags" | "pools" | "changes";

const CHANNEL_PREFIX = "millrace_";
const OF_ENGINES = ["inbox", "answers", "dags", "pools"] as const satisfies readonly WakeUp[];
const POLL_MS = 250;
const SAFETY_POLL_MS = 2_000;
const RECONNECT_MS = 500;

/** A wait for wake-ups. */
export interface Subscription extends AsyncDisposable {
  /** Resolves at the next wake-up since the last call, or after `timeoutMs`, or when it is time to look without one. */
  next(timeoutMs: number): Promise<void>;
}

/**
 * Shortens waits by LISTEN on one connection, taken while anybody is subscribed. Nothing depends on it: without sessions (behind a pooler), or while
 * that connection is lost, everybody is woken each 250 ms; with it, still each 2 s.
 */
export class WakeUps {
  readonly #pool: DatabasePool;
  readonly #log: (line: string) => void;
  readonly #channels: readonly WakeUp[];
  readonly #listeners = new Set<{ readonly channels: ReadonlySet<WakeUp>; readonly wake: () => void }>();
  #client: pg.PoolClient | undefined;
  #release: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #polledMs: number | undefined;
  #connecting: Promise<void> | undefined;
  #warned = false;
  #closed = false;

  /** @param channels those that anybody listens to; default: what engines need. */
  constructor(pool: DatabasePool, log: (line: string) => void, channels: readonly WakeUp[] = OF_ENGINES) {
    this.#pool = pool;
    this.#log = log;
    this.#channels = channels;
  }

  /** Calls `wake` on each wake-up, and from time to time without one. Resolves when no wake-up can be missed any more. @returns stop */
  async listen(channels: readonly WakeUp[], wake: () => void): Promise<() => Promise<void>> {
    const listener = { channels: new Set(channels), wake };
    this.#listeners.add(listener);
    await this.#ensureConnected();
    return async () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) await this.#disconnect();
    };
  }

  /** For callers that wait in a loop. */
  async subscribe(channels: readonly WakeUp[]): Promise<Subscription> {
    let pending = false;
    let resolveNext: (() => void) | undefined;
    const stop = await this.listen(channels, () => {
      pending = true;
      resolveNext?.();
    });
    const next = async (timeoutMs: number): Promise<void> => {
      if (!pending) {
        const { promise, resolve } = Promise.withResolvers<void>();
        resolveNext = resolve;
        const timer = setTimeout(resolve, Math.max(1, timeoutMs));
        await promise.finally(() => clearTimeout(timer));
        resolveNext = undefined;
      }
      pending = false;
    };
    return { next, [Symbol.asyncDispose]: stop };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    await this.#disconnect();
  }

  async #ensureConnected(): Promise<void> {
    if (this.#client !== undefined || this.#closed) return;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    await this.#connecting;
  }

  async #connect(): Promise<void> {
    if (!this.#pool.hasSessions) {
      if (!this.#warned) this.#log("the database is behind a pooler without sessions: wake-ups are polled each 250 ms");
      this.#warned = true;
      this.#poll(POLL_MS);
      return;
    }
    const { promise: connected, resolve, reject } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    void this.#pool
      .withClient(async (client) => {
        await client.query(this.#channels.map((channel) => `listen ${CHANNEL_PREFIX}${channel}`).join("; "));
        const detach = this.#attach(client, release);
        resolve();
        await released;
        detach();
        await client.query("unlisten *").catch(() => undefined);
      })
      .catch(reject);
    await connected.catch((error: unknown) => {
      this.#log(`cannot listen for wake-ups: ${String(error)}; they are polled until it works`);
      this.#poll(POLL_MS);
    });
  }

  /** @returns what takes its listeners off again: the pool hands the client to others */
  #attach(client: pg.PoolClient, release: () => void): () => void {
    this.#client = client;
    this.#release = release;
    const woken = ({ channel }: pg.Notification): void => this.#wake(channel.slice(CHANNEL_PREFIX.length) as WakeUp);
    const ended = (): void => {
      if (this.#client !== client) return;
      this.#client = undefined;
      release();
      if (this.#listeners.size > 0) this.#poll(RECONNECT_MS);
    };
    client.on("notification", woken);
    client.once("end", ended);
    this.#poll(SAFETY_POLL_MS);
    return () => {
      client.off("notification", woken);
      client.off("end", ended);
    };
  }

  /** What polls that often already goes on: whoever begins to wait must not put off what others wait for. */
  #poll(everyMs: number): void {
    if (this.#polledMs === everyMs) return;
    clearInterval(this.#timer);
    this.#polledMs = everyMs;
    this.#timer = setInterval(() => {
      for (const channel of this.#channels) this.#wake(channel);
      if (this.#pool.hasSessions && this.#client === undefined) void this.#ensureConnected();
    }, everyMs);
    this.#timer.unref();
  }

  #wake(channel: WakeUp): void {
    for (const listener of this.#listeners) if (listener.channels.has(channel)) listener.wake();
  }

  async #disconnect(): Promise<void> {
    await this.#connecting;
    // Somebody has begun to listen meanwhile, to this connection.
    if (this.#listeners.size > 0 && !this.#closed) return;
    clearInterval(this.#timer);
    this.#polledMs = undefined;
    this.#client = undefined;
    this.#release?.();
    this.#release = undefined;
  }
}
