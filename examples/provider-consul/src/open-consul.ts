import { setTimeout as pause } from "node:timers/promises";
import { MillraceError, type Connection, type RunContext } from "@millrace/core";
import { askConsul, type ConsulRequest } from "./ask-consul.ts";

const PAUSES_MS: readonly number[] = [200, 1_000];

/** What the hook needs of a context: that of a task and that of a callback have it. */
export type ConsulContext = Pick<RunContext, "connection" | "fetch" | "log" | "signal">;

/** The key-value store of Consul. */
export interface ConsulClient extends AsyncDisposable {
  /** The value of a key; undefined when there is none. */
  get(key: string): Promise<string | undefined>;
  /** Sets a key. The same again changes nothing, so a second try is harmless. */
  put(key: string, value: string): Promise<void>;
}

/**
 * Opens the key-value store of a connection, or of its id. Requests are tried three times when Consul cannot be reached.
 *
 * @throws MillraceError NOT_FOUND without such a connection. The client's methods throw Permanent, RetryAfter, MillraceError UNREACHABLE
 * @example await using consul = await openConsul("consul_default", { ctx });
 */
export async function openConsul(
  connection: Connection | string,
  { ctx }: { readonly ctx: ConsulContext },
): Promise<ConsulClient> {
  const found = typeof connection === "string" ? await ctx.connection(connection) : connection;
  const ask = async (request: ConsulRequest): Promise<string | undefined> => {
    for (const wait of PAUSES_MS) {
      try {
        return await askConsul(found, request, ctx);
      } catch (error) {
        if (!(error instanceof MillraceError) || error.code !== "UNREACHABLE") throw error;
        ctx.log.warn(`${error.message}; again in ${wait} ms`);
        await pause(wait, undefined, { signal: ctx.signal });
      }
    }
    return await askConsul(found, request, ctx);
  };
  const pathOf = (key: string): string => `/kv/${key.split("/").map(encodeURIComponent).join("/")}`;
  return {
    get: async (key) => await ask({ method: "GET", path: `${pathOf(key)}?raw` }),
    put: async (key, value) => void (await ask({ method: "PUT", path: pathOf(key), body: value })),
    // Requests are by fetch: there is nothing to let go. A client with sockets closes them here.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
