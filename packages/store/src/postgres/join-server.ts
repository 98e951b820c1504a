// Who may use, start and stop the embedded server of a folder. Everything here runs under the folder's lock, so that
// two programs that start or end at the same moment never both start a server and never stop one that another just joined.
import { MillraceError } from "@millrace/core";
import { findBinaries } from "./binaries.ts";
import type { PostgresBinaries } from "./binaries.ts";
import { clusterMajor, createCluster, removeDrafts } from "./create-cluster.ts";
import { openDataFolder, openSocketFolder } from "./data-folder.ts";
import type { DataFolder } from "./data-folder.ts";
import { withFolderLock } from "./folder-lock.ts";
import { chooseRunAs, giveTo } from "./run-as.ts";
import { askServer, findServer, findUsableServer, launchServer, stopServer } from "./server-process.ts";
import type { ServerProcess } from "./server-process.ts";
import { serverSettings } from "./server-settings.ts";
import { addUser, listUsers, removeUser } from "./server-users.ts";
import type { ServerUser, UserRole } from "./server-users.ts";

const DEFAULT_MAX_CONNECTIONS = 60;

/** Options of every way to reach an embedded server. */
export interface EmbeddedOptions {
  /** The folder of the database; made with mode 0700 when it is not there. Never share it between machines. */
  readonly folder: string;
  /** The programs to use; default: searched on this machine. */
  readonly binaries?: PostgresBinaries;
  /** Hears what happens, a sentence each. */
  readonly log?: (line: string) => void;
  /** Default 60. Takes effect when this call starts the server. */
  readonly maxConnections?: number;
  /** Default true. False, for throw-away test servers only, trades the safety of the data for speed. */
  readonly durable?: boolean;
}

/** Membership in the users of a server. */
export interface JoinedServer {
  readonly folder: DataFolder;
  readonly userId: string;
  readonly socketFolder: string;
  /** `undefined` when the server runs in another container, where it can be used but not be stopped. */
  readonly server: ServerProcess | undefined;
}

/**
 * Joins the users of the folder's server, starting the server (and creating the cluster) when none runs.
 *
 * @throws MillraceError DATA_FOLDER_IN_USE when `role` is `main` and another live main has the folder; NO_DATABASE when no server can be started.
 */
export async function joinServer(options: EmbeddedOptions, role: UserRole): Promise<JoinedServer> {
  if (process.platform === "win32") throw noWindows();
  const folder = await openDataFolder(options.folder);
  return withFolderLock(folder.root, async () => {
    const socketFolder = await openSocketFolder(folder);
    const running = await findServer(folder);
    const users = await listUsers(folder);
    const foreign = users.filter((user) => user.state === "elsewhere");
    if (running === undefined && foreign.length > 0 && (await askServer(socketFolder)) !== "silent") {
      if (role === "main") throw inUse(folder, foreign);
      return { folder, userId: await addUser(folder, role), socketFolder, server: undefined };
    }
    for (const user of foreign) await removeUser(folder, user.id);
    const mains = users.filter((user) => user.role === "main" && user.state === "alive");
    if (role === "main" && mains.length > 0) throw inUse(folder, mains);
    const server = await ensureServer(folder, socketFolder, options);
    return { folder, userId: await addUser(folder, role), socketFolder: server.socketFolder, server };
  });
}

/** Starts the server again if it has died while `joined` uses it. Returns the running one. */
export async function reviveServer(joined: JoinedServer, options: EmbeddedOptions): Promise<ServerProcess> {
  return withFolderLock(joined.folder.root, async () =>
    ensureServer(joined.folder, await openSocketFolder(joined.folder), options),
  );
}

/**
 * Leaves the users of the server. A main stops the server in any case, a command only when nobody else uses it. Doing it twice does nothing.
 */
export async function leaveServer(joined: Pick<JoinedServer, "folder" | "userId">, role: UserRole): Promise<void> {
  const { folder, userId } = joined;
  await withFolderLock(folder.root, async () => {
    await removeUser(folder, userId);
    const others = await listUsers(folder);
    if (role === "command" && others.length > 0) return;
    const server = await findServer(folder);
    if (server !== undefined) await stopServer(server);
  });
}

async function ensureServer(
  folder: DataFolder,
  socketFolder: string,
  options: EmbeddedOptions,
): Promise<ServerProcess> {
  const running = await findUsableServer(folder);
  if (running !== undefined) {
    options.log?.(`using the PostgreSQL that already runs (process ${String(running.identity.pid)})`);
    return running;
  }
  const binaries = await chooseBinaries(folder, options);
  const runAs = await chooseRunAs(folder);
  await giveTo(runAs, folder.root);
  await giveTo(runAs, socketFolder);
  await removeDrafts(folder);
  if ((await clusterMajor(folder)) === undefined) {
    options.log?.(`creating a PostgreSQL ${String(binaries.major)} database in ${folder.root}`);
    await createCluster(folder, binaries, runAs);
  }
  const { maxConnections = DEFAULT_MAX_CONNECTIONS, durable = true } = options;
  const settings = serverSettings({ major: binaries.major, socketFolder, maxConnections, durable });
  const server = await launchServer({ folder, binaries, runAs, socketFolder, settings });
  options.log?.(`PostgreSQL ${String(binaries.major)} runs (process ${String(server.identity.pid)})`);
  return server;
}

async function chooseBinaries(folder: DataFolder, options: EmbeddedOptions): Promise<PostgresBinaries> {
  const major = await clusterMajor(folder);
  const given = options.binaries;
  if (given !== undefined && (major ?? given.major) === given.major) return given;
  const search = await findBinaries({ linkFolder: folder.links, major });
  if (search.found) return search.binaries;
  const misses = search.misses.join("; ");
  throw new MillraceError(
    "NO_DATABASE",
    major === undefined
      ? `no PostgreSQL can be started: ${misses}. Install one, or name a server with a database URL.`
      : `the database in ${folder.root} was made by PostgreSQL ${String(major)}, which is not here: ${misses}. ` +
          `Install PostgreSQL ${String(major)}, or move the data with pg_upgrade or a dump.`,
    { details: { folder: folder.root, major, tried: search.misses } },
  );
}

function inUse(folder: DataFolder, users: readonly ServerUser[]): MillraceError {
  const [user] = users;
  const who = `process ${String(user?.identity.pid)}${user?.state === "elsewhere" ? " of another container" : ""}`;
  return new MillraceError(
    "DATA_FOLDER_IN_USE",
    `the data folder ${folder.root} is in use by another Millrace: ${who}, since ${String(user?.since)}. ` +
      "Stop that one first, or choose another folder for this one.",
    { details: { folder: folder.root, pid: user?.identity.pid, since: user?.since } },
  );
}

function noWindows(): MillraceError {
  return new MillraceError(
    "NO_DATABASE",
    "the embedded PostgreSQL is not available on Windows (its connections are Unix sockets). Use WSL, or name a server with a database URL.",
  );
}
