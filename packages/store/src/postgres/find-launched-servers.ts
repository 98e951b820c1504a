import { execFile } from "node:child_process";
import { readFile, readdir, realpath } from "node:fs/promises";
import { promisify } from "node:util";
import { findProcess } from "./process-identity.ts";
import type { ProcessIdentity } from "./process-identity.ts";

const run = promisify(execFile);

interface Call {
  readonly pid: number;
  readonly words: readonly string[];
}

/**
 * Finds the servers that were launched for this cluster by how they were called. One whose owner was killed at that very moment has no pid file
 * yet, and two servers must never meet in a cluster.
 */
export async function findLaunchedServers(cluster: string): Promise<readonly ProcessIdentity[]> {
  const own = await realpath(cluster).catch(() => cluster);
  const found: ProcessIdentity[] = [];
  for (const { pid, words } of process.platform === "linux" ? await callsOfProc() : await callsOfPs()) {
    const folder = folderOf(words);
    if (folder === undefined || (await realpath(folder).catch(() => folder)) !== own) continue;
    const identity = await findProcess(pid);
    if (identity !== undefined) found.push(identity);
  }
  return found;
}

/** The processes that a server forks name themselves otherwise, so that only the server itself is found. */
function folderOf(words: readonly string[]): string | undefined {
  const at = words.indexOf("-D");
  return at > 0 && words[at - 1].endsWith("/postgres") ? words[at + 1] : undefined;
}

async function callsOfProc(): Promise<readonly Call[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return pids.map((pid, at) => ({ pid: Number(pid), words: texts[at].split("\0") }));
}

/** Other systems do not tell where an argument ends; a path with blanks is then not found. */
async function callsOfPs(): Promise<readonly Call[]> {
  const listed = await run("ps", ["-axww", "-o", "pid=,command="], { maxBuffer: 16_777_216 }).catch(() => undefined);
  return (listed?.stdout ?? "").split("\n").map((line) => {
    const [pid = "", ...words] = line.trim().split(" ");
    return { pid: Number(pid), words };
  });
}
