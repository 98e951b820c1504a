import { joinServer, leaveServer } from "./join-server.ts";
import type { EmbeddedOptions } from "./join-server.ts";
import { embeddedUrl } from "./server-process.ts";

/** The use of an embedded server by a local command. */
export interface EmbeddedConnection extends AsyncDisposable {
  /** As {@link EmbeddedPostgres.url}. */
  readonly url: string;
  /** Ends the use; stops the server when nobody else uses it. Doing it twice does nothing. Close pools first. */
  close(): Promise<void>;
}

/**
 * Gives a local command the database of a data folder: joins the running server, or starts one for as long as commands use it.
 * Any number of commands may come and go at once; a Millrace that starts meanwhile takes the server over, and stops it at its own end even
 * when commands still use it.
 *
 * @throws MillraceError NO_DATABASE when no server can be started.
 */
export async function connectEmbedded(options: EmbeddedOptions): Promise<EmbeddedConnection> {
  const joined = await joinServer(options, "command");
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= leaveServer(joined, "command");
    return closed;
  };
  return { url: embeddedUrl(joined.socketFolder), close, [Symbol.asyncDispose]: close };
}
