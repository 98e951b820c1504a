import { join } from "node:path";
import { connectEmbedded, findDatabase, startEmbeddedPostgres } from "@millrace/store";
import type { Config } from "../config.ts";
import { requireUsableFolder } from "./require-usable-folder.ts";

/** A database that can be used, and how to let go of it. */
export interface OpenDatabase {
  readonly url: string;
  /** What to tell people: `embedded` or the server's host. */
  readonly name: string;
  close(): Promise<void>;
}

/**
 * The configured database, or the embedded one of the data folder.
 *
 * @param as "main" owns the embedded server until it closes; "command" uses the running one, or one of its own for as long as it lasts.
 * @throws MillraceError DATA_FOLDER_IN_USE, NO_DATABASE; BAD_CONFIG when this user cannot work in the data folder
 */
export async function openDatabase(config: Config, as: "main" | "command"): Promise<OpenDatabase> {
  await requireUsableFolder(config.core.dataFolder);
  const folder = join(config.core.dataFolder, "postgres");
  const choice = await findDatabase({ folder, ...(config.database.url !== undefined && { url: config.database.url }) });
  if (choice.kind === "url") return { url: choice.url, name: hostOf(choice.url), close: () => Promise.resolve() };
  if (as === "main") {
    const server = await startEmbeddedPostgres({ folder });
    return { url: server.url, name: "embedded PostgreSQL", close: () => server.stop() };
  }
  const connection = await connectEmbedded({ folder });
  return { url: connection.url, name: "embedded PostgreSQL", close: () => connection.close() };
}

/** libpq's URLs may leave out the host, as those over a Unix socket do; to `URL` that is none. */
function hostOf(url: string): string {
  return (URL.canParse(url) && new URL(url).hostname) || "PostgreSQL";
}
