import { chmod, lstat, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { MillraceError } from "@millrace/core";
import { giveToFolderOwner } from "./folder-owner.ts";

/** Linux allows 107 bytes, macOS and the BSDs 103. */
const LONGEST_SOCKET_PATH_BYTES = 103;
const SOCKET_NAME = ".s.PGSQL.5432";

/** Where the parts of an embedded database lie inside its folder. */
export interface DataFolder {
  readonly root: string;
  /** The cluster itself (PGDATA). */
  readonly cluster: string;
  /** One file for each process that uses the server. */
  readonly users: string;
  /** What the server writes to its log. */
  readonly log: string;
  /** Library links, when the package's own folder is read-only. */
  readonly links: string;
}

/**
 * Opens the folder of an embedded database, making it (mode 0700) when it is not there.
 *
 * @throws MillraceError NO_DATABASE when the folder cannot be made or belongs to somebody else.
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const parts = dataFolderAt(folder);
  const { root, users } = parts;
  try {
    await mkdir(users, { recursive: true, mode: 0o700 });
    await chmod(root, 0o700);
    await giveToFolderOwner(root, users);
  } catch (error) {
    throw new MillraceError(
      "NO_DATABASE",
      `the folder ${root} cannot be used for the database: ${error instanceof Error ? error.message : String(error)}. Choose a folder that this user may write.`,
      { cause: error },
    );
  }
  return parts;
}

/** Where the parts of an embedded database are, whether or not they are there. Makes nothing. */
export function dataFolderAt(folder: string): DataFolder {
  const root = resolve(folder);
  const inside = (name: string): string => join(root, name);
  return {
    root,
    cluster: inside("cluster"),
    users: inside("users"),
    log: inside("postgres.log"),
    links: inside("lib"),
  };
}

/** The folder that {@link openSocketFolder} would give; undefined when it is to be a new one in the temporary folder. Makes nothing. */
export async function findSocketFolder(folder: DataFolder): Promise<string | undefined> {
  const inside = join(folder.root, "run");
  if (fits(inside)) return inside;
  const known = await readFile(join(folder.root, "socket-folder"), "utf8").catch(() => undefined);
  return known !== undefined && (await isOurs(known)) ? known : undefined;
}

/**
 * The folder of the server's socket, mode 0700: inside the data folder, or, when that path is longer than sockets may have, a short one in the
 * temporary folder of the system, which the data folder then remembers.
 */
export async function openSocketFolder(folder: DataFolder): Promise<string> {
  const inside = join(folder.root, "run");
  if (fits(inside)) {
    await mkdir(inside, { recursive: true, mode: 0o700 });
    await giveToFolderOwner(folder.root, inside);
    return inside;
  }
  const record = join(folder.root, "socket-folder");
  const known = await readFile(record, "utf8").catch(() => undefined);
  if (known !== undefined && (await isOurs(known))) return known;
  const parent = fits(join(tmpdir(), "millrace-XXXXXX")) ? tmpdir() : "/tmp";
  const made = await mkdtemp(join(parent, "millrace-"));
  await writeFile(record, made, { mode: 0o600 });
  for (const path of [record, made]) await giveToFolderOwner(folder.root, path);
  return made;
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, SOCKET_NAME)) <= LONGEST_SOCKET_PATH_BYTES;
}

/** The temporary folder is everybody's: a folder there may have been cleaned away and made again by somebody else. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined || !found.isDirectory() || (found.mode & 0o077) !== 0) return false;
  const me = process.getuid?.();
  // Root may have given the folder to the user as whom the server runs.
  return me === undefined || me === 0 || found.uid === me;
}
