import { randomUUID } from "node:crypto";
import { readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MillraceError } from "@millrace/core";
import type { DataFolder } from "./data-folder.ts";
import { giveToFolderOwner } from "./folder-owner.ts";
import { stateOfProcess, thisProcess } from "./process-identity.ts";
import type { ProcessIdentity, ProcessState } from "./process-identity.ts";

/** `main`: the Millrace that owns the folder. `command`: a short-lived local program that only needs the database. */
export type UserRole = "main" | "command";

/** One process that uses the embedded server. */
export interface ServerUser {
  readonly id: string;
  readonly role: UserRole;
  readonly identity: ProcessIdentity;
  readonly state: ProcessState;
  /** When it came, as an ISO text for messages. */
  readonly since: string;
}

/** Writes down that this process uses the server. @returns the id for {@link removeUser}. */
export async function addUser(folder: DataFolder, role: UserRole): Promise<string> {
  const id = randomUUID();
  const path = join(folder.users, `${id}.json`);
  await writeFile(`${path}.draft`, JSON.stringify({ role, identity: await thisProcess() }), { mode: 0o600 });
  await giveToFolderOwner(folder.root, `${path}.draft`);
  await rename(`${path}.draft`, path);
  return id;
}

/** Takes the entry back. Does nothing when it is gone. */
export async function removeUser(folder: DataFolder, id: string): Promise<void> {
  await rm(join(folder.users, `${id}.json`), { force: true });
}

/** All processes that use the server and may still live; entries of dead ones are removed on the way. The caller holds the folder's lock. */
export async function listUsers(folder: DataFolder): Promise<readonly ServerUser[]> {
  const users: ServerUser[] = [];
  for (const name of await readdir(folder.users)) {
    const path = join(folder.users, name);
    const user = await readUser(path, name.replace(/\.json$/, ""));
    if (user === undefined || user.state === "gone") await rm(path, { force: true });
    else users.push(user);
  }
  return users;
}

/** All processes that are written down as users of the server, dead ones too. Changes nothing. */
export async function readUsers(folder: DataFolder): Promise<readonly ServerUser[]> {
  const names = await readdir(folder.users).catch(() => []);
  const users = await Promise.all(
    names
      .filter((name) => name.endsWith(".json"))
      .map((name) => readUser(join(folder.users, name), name.replace(/\.json$/, ""))),
  );
  return users.filter((user) => user !== undefined);
}

/** @throws MillraceError NO_DATABASE when the entry cannot be read: the one who wrote it may live, and nobody may take its place. */
async function readUser(path: string, id: string): Promise<ServerUser | undefined> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new MillraceError("NO_DATABASE", `${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
      details: { hint: "Run this as the user who owns the file, or remove it while no Millrace runs on this folder." },
    });
  });
  try {
    const value = JSON.parse(text) as { role: UserRole; identity: ProcessIdentity };
    const since = (await stat(path)).mtime.toISOString();
    return { id, role: value.role, identity: value.identity, state: await stateOfProcess(value.identity), since };
  } catch {
    // Half-written by a process that died, or removed just now.
    return undefined;
  }
}
