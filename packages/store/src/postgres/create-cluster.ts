import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { access, mkdir, open, readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { MillraceError } from "@millrace/core";
import type { PostgresBinaries } from "./binaries.ts";
import type { DataFolder } from "./data-folder.ts";
import { giveTo, programCall } from "./run-as.ts";
import type { RunAs } from "./run-as.ts";

const run = promisify(execFile);
const DRAFT_PREFIX = "cluster-draft-";
/** About 5 s in all: the initdb of a killed owner ends as soon as it wants to say something. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const;

/** The superuser of an embedded cluster, and the name of its database. */
export const EMBEDDED_NAME = "millrace";

/** The major version that made the cluster, or `undefined` when there is no cluster yet. */
export async function clusterMajor(folder: DataFolder): Promise<number | undefined> {
  const text = await readFile(join(folder.cluster, "PG_VERSION"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number(text.trim());
}

/**
 * Creates the cluster: initdb into a draft beside it, synced, then one rename. A crash leaves a draft, for {@link removeDrafts}; so a folder
 * named `cluster` is always whole. The caller holds the folder's lock.
 *
 * @throws MillraceError NO_DATABASE with what initdb said.
 */
export async function createCluster(folder: DataFolder, binaries: PostgresBinaries, runAs: RunAs): Promise<void> {
  await requireNone(folder);
  // Never the name of an earlier draft: the initdb of a killed start may still be at work, and would write into this one.
  const draft = join(folder.root, `${DRAFT_PREFIX}${randomUUID()}`);
  await mkdir(draft, { mode: 0o700 });
  await giveTo(runAs, draft);
  const args = ["-D", draft, "-U", EMBEDDED_NAME, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions"];
  // Sorts by code point as C does, and knows the upper and lower case of all letters.
  if (binaries.major >= 17) args.push("--locale-provider=builtin", "--builtin-locale=C.UTF-8");
  const call = programCall(runAs, binaries.initdb, args, binaries.env);
  try {
    await run(call.command, [...call.args], { ...call.options, cwd: "/" });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    throw new MillraceError(
      "NO_DATABASE",
      `the database cannot be created in ${folder.root}: ${said === undefined || said === "" ? String(error) : said}`,
      { details: { folder: folder.root, program: binaries.initdb }, cause: error },
    );
  }
  await rename(draft, folder.cluster);
  await syncFolder(folder.root);
}

/** A cluster folder without its version file is no work of ours (a copy that was cut off): never delete it silently. */
async function requireNone(folder: DataFolder): Promise<void> {
  const isThere = await access(folder.cluster).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  throw new MillraceError(
    "NO_DATABASE",
    `${folder.cluster} exists but is no PostgreSQL cluster (it has no PG_VERSION). Restore it from a backup, or move it away to start with an empty database.`,
  );
}

/** Removes what killed starts have left of clusters that they did not finish. The caller holds the folder's lock. */
export async function removeDrafts(folder: DataFolder): Promise<void> {
  for (const name of await readdir(folder.root))
    if (name.startsWith(DRAFT_PREFIX)) await rm(join(folder.root, name), REMOVAL);
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
