import { MillraceError, type Connection, type Context } from "@millrace/core";
import { s3SettingsOf } from "./s3-settings.ts";
import type { S3 } from "./s3.ts";

/** How {@link openS3} works. */
export interface OpenS3Options {
  /** That of the try: finds connections by id, and ends what is waited for. */
  readonly ctx?: Pick<Context, "connection" | "signal">;
  /** Longest silence of the server within a request. Default 30 000. */
  readonly timeoutMs?: number;
}

/**
 * A client of S3, or of a server that speaks it, by a connection of type `aws`. Servers with an address of their own are asked by path
 * (`https://minio:9000/bucket/key`). The network rules of the configuration (`security.privateAddresses`) hold for `ctx.fetch`, not for this client.
 *
 * @param connection or its id; undefined: the access key of the machine (environment, files, role)
 * @throws MillraceError NOT_FOUND without such a connection, BAD_ARGUMENT for one that does not fit
 * @example await using s3 = await openS3("lake", { ctx });
 */
export async function openS3(connection: Connection | string | undefined, options: OpenS3Options = {}): Promise<S3> {
  const { ctx, timeoutMs = 30_000 } = options;
  const settings = s3SettingsOf(typeof connection === "string" ? await findConnection(connection, ctx) : connection);
  // The SDK takes 200 ms to load: only where it is used.
  const { makeS3 } = await import("./client/make-s3.ts");
  return makeS3(settings, { timeoutMs, ...(ctx !== undefined && { signal: ctx.signal }) });
}

async function findConnection(id: string, ctx: OpenS3Options["ctx"]): Promise<Connection> {
  if (ctx === undefined)
    throw new MillraceError(
      "BAD_ARGUMENT",
      `the connection ${id} cannot be found by its id without the context of a task`,
    );
  return await ctx.connection(id);
}
