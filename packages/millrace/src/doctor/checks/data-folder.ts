import { randomUUID } from "node:crypto";
import { access, constants, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isMillraceError } from "@millrace/core";
import { requireUsableFolder } from "../../system/require-usable-folder.ts";
import { makeCheck } from "../check.ts";
import { fileSystemOf, type FileSystem } from "../file-system-names.ts";
import { bad, findingsOr, ok, warn, type Verdict } from "../verdict.ts";

/** What is known of the data folder. */
export interface DataFolderFacts {
  readonly path: string;
  readonly exists: boolean;
  /** User and group ids of the folder, or of the nearest one above that is there. */
  readonly owner: number;
  readonly user: number;
  /** Why it cannot be used or written; absent when it can. */
  readonly trouble?: { readonly message: string; readonly hint?: string };
  readonly fileSystem: FileSystem;
  /** Whether others than the owner may read the key of connections and variables; absent without a key. */
  readonly keyIsOpen?: boolean;
}

/** It must be writable; on a network or in memory it is in danger. */
export function judgeDataFolder(facts: DataFolderFacts): readonly Verdict[] {
  const { path, exists, owner, user, trouble, fileSystem, keyIsOpen } = facts;
  const place = `on ${fileSystem.name}, owned by user ${owner}`;
  if (trouble)
    return [
      bad(trouble.message, trouble.hint ?? `Give the folder to user ${user}, or name another one in core.dataFolder.`),
    ];
  if (!exists) return [ok(`${path} is not there yet and can be made (${place})`)];
  return findingsOr(
    [
      fileSystem.kind === "network"
        ? warn(
            `${path} is on a network file system (${fileSystem.name}), whose flushes and locks may not hold what they promise`,
            "Name a local folder in core.dataFolder, or a PostgreSQL server in database.url.",
          )
        : undefined,
      fileSystem.kind === "memory"
        ? warn(
            `${path} is in memory (${fileSystem.name}): all runs are gone after a restart of the machine`,
            "Name a folder on a disk in core.dataFolder.",
          )
        : undefined,
      user !== 0 && owner !== user
        ? warn(
            `${path} belongs to user ${owner}, and this is user ${user}`,
            `Use one user: sudo chown -R ${user} ${path}`,
          )
        : undefined,
      keyIsOpen === true
        ? warn(
            "others than the owner may read secret.key, which opens connections and secret variables",
            `chmod 600 ${join(path, "secret.key")}`,
          )
        : undefined,
    ],
    `${path} can be written, ${place}`,
  );
}

/** The data folder: owner, whether it can be written, on what file system. */
export const dataFolderCheck = makeCheck({
  name: "data-folder",
  about: "the data folder: its owner, whether it can be written, on what file system it is",
  needs: "project",
  gather: async ({ config }): Promise<DataFolderFacts> => {
    const path = config.core.dataFolder;
    const there = await nearestFolder(path);
    const [info, system, key] = await Promise.all([
      stat(there),
      statfs(there),
      stat(join(path, "secret.key")).catch(() => undefined),
    ]);
    const trouble = await findTrouble(path, there);
    return {
      path,
      exists: there === path,
      owner: info.uid,
      user: process.getuid?.() ?? info.uid,
      fileSystem: fileSystemOf(system.type, process.platform),
      ...(trouble && { trouble }),
      ...(key && { keyIsOpen: (key.mode & 0o077) !== 0 }),
    };
  },
  judge: judgeDataFolder,
});

async function nearestFolder(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  return info || dirname(path) === path ? path : await nearestFolder(dirname(path));
}

async function findTrouble(path: string, there: string): Promise<DataFolderFacts["trouble"]> {
  try {
    await requireUsableFolder(path);
    await access(there, constants.W_OK);
    if (there !== path) return undefined;
    // Access rights say nothing of file systems that are mounted read-only or are full.
    const probe = join(path, `probe-${randomUUID()}`);
    await writeFile(probe, "").finally(() => rm(probe, { force: true }));
    return undefined;
  } catch (error) {
    const hint = isMillraceError(error) ? error.details.hint : undefined;
    return { message: (error as Error).message, ...(typeof hint === "string" && { hint }) };
  }
}
