import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { dataFolderAt, findSocketFolder } from "./data-folder.ts";
import { findLockHolder } from "./folder-lock.ts";
import type { ProcessState } from "./process-identity.ts";
import { findServer } from "./server-process.ts";
import { readUsers } from "./server-users.ts";
import type { UserRole } from "./server-users.ts";

/** A process that has written itself down in the folder of an embedded database. */
export interface FolderProcess {
  readonly pid: number;
  readonly state: ProcessState;
  /** The file in which it did. */
  readonly path: string;
}

/** What the folder of an embedded database says of itself. */
export interface EmbeddedFolderFacts {
  /** False while no database was made there. */
  readonly exists: boolean;
  /** Of the PostgreSQL that made it. */
  readonly major?: string;
  /** Who starts or stops the server now, or died doing so; `heldSinceMs` as `Date.now()`. */
  readonly lock?: FolderProcess & { readonly heldSinceMs?: number };
  readonly users: readonly (FolderProcess & { readonly role: UserRole })[];
  readonly server?: { readonly pid: number };
  /** The socket by which the server is, or would be, reached; undefined when its folder is still to be made. */
  readonly socket?: string;
}

/**
 * Looks at the folder of an embedded database without changing anything: nothing is made, started, joined or cleaned.
 *
 * @throws MillraceError NO_DATABASE when an entry cannot be read by this user.
 */
export async function inspectEmbedded(root: string): Promise<EmbeddedFolderFacts> {
  const folder = dataFolderAt(root);
  const entries = await readdir(folder.root).catch(() => undefined);
  if (entries === undefined) return { exists: false, users: [] };
  const [lock, users, server, version, socketFolder] = await Promise.all([
    findLockHolder(folder.root),
    readUsers(folder),
    findServer(folder),
    readFile(join(folder.cluster, "PG_VERSION"), "utf8").catch(() => undefined),
    findSocketFolder(folder),
  ]);
  const runs = server?.socketFolder ?? socketFolder;
  return {
    exists: version !== undefined,
    ...(version !== undefined && { major: version.trim() }),
    ...(lock && {
      lock: {
        pid: lock.holder.pid,
        state: lock.state,
        path: lock.path,
        ...(lock.sinceMs !== undefined && { heldSinceMs: lock.sinceMs }),
      },
    }),
    users: users.map(({ id, role, identity, state }) => ({
      pid: identity.pid,
      state,
      role,
      path: join(folder.users, `${id}.json`),
    })),
    ...(server && { server: { pid: server.identity.pid } }),
    ...(runs !== undefined && { socket: join(runs, ".s.PGSQL.5432") }),
  };
}
