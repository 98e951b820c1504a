import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { within } from "./within.ts";

/** When a process that starts an embedded database dies. */
export interface ClusterDeath {
  /** A path that has just appeared below the folder; `draft` stands for the folder of a cluster that is being made. */
  readonly when: string;
  /** owner: only the process itself; what it has started goes on. all: its children too, as when a machine stops. */
  readonly who: "owner" | "all";
}

/** Longer than a start takes on a machine that is three times as slow. */
const LIMIT_MS = 60_000;

/**
 * Starts the embedded database of a folder in a process of its own, and kills that process.
 *
 * @throws Error when it came up without the path having been seen, ended by itself, or did neither in a minute; all of it is killed then.
 */
export async function startClusterToDeath(folder: string, { when, who }: ClusterDeath): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "cluster-child.ts"), folder], {
    // A group of its own, in which initdb is too.
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let isReady = false;
  child.stdout.on("data", () => (isReady = true));
  const begun = performance.now();
  while (!hasAppeared(folder, when)) {
    const isLate = performance.now() - begun > LIMIT_MS;
    if (isReady || isLate || child.exitCode !== null) {
      if (child.exitCode === null) process.kill(-(child.pid as number), "SIGKILL");
      throw new Error(
        `the database was ${isLate ? "not started in a minute" : "started"}, and ${when} was never there`,
      );
    }
    await nextTurn();
  }
  process.kill(who === "all" ? -(child.pid as number) : (child.pid as number), "SIGKILL");
  await within(exited, () => "the end of a process that was killed");
}

function hasAppeared(folder: string, path: string): boolean {
  if (!path.startsWith("draft")) return existsSync(join(folder, path));
  // On a busy machine the draft may have come and gone unseen: then it is the moment after.
  if (existsSync(join(folder, "cluster"))) return true;
  if (!existsSync(folder)) return false;
  const draft = readdirSync(folder).find((name) => name.startsWith("cluster-draft-"));
  return draft !== undefined && existsSync(join(folder, draft, path.slice("draft".length)));
}
