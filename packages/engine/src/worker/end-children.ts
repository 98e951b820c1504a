import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process, told from a later one with the same id by its start. */
export interface Relative {
  readonly pid: number;
  readonly startedAt: string;
}

/**
 * Sends SIGTERM to the processes of a try that has to end, with everything that they have started. Those that its code has signalled already
 * are left to it.
 *
 * @returns all of them, for {@link endChildren}: when a process ends first, nobody finds its descendants by it any more.
 */
export function askChildrenToEnd(children: ReadonlySet<ChildProcess>): readonly Relative[] {
  const alive = living(children);
  if (alive.length === 0) return [];
  const all = listProcesses();
  const relatives = alive.flatMap((child) => {
    const below = descendantsOf(child.pid as number, all);
    if (!child.killed) for (const pid of [child.pid as number, ...below]) signal(pid, "SIGTERM");
    return below;
  });
  return relatives.map((pid) => ({ pid, startedAt: all.get(pid)?.startedAt ?? "" }));
}

/** Kills processes with everything that they have started, and `relatives` that live on without them. */
export function endChildren(children: ReadonlySet<ChildProcess>, relatives: readonly Relative[] = []): void {
  const alive = living(children);
  if (alive.length === 0 && relatives.length === 0) return;
  for (const { pid } of alive) {
    // Stopped first, so that it cannot start more while its descendants are being listed.
    signal(pid as number, "SIGSTOP");
  }
  const all = listProcesses();
  for (const { pid } of alive) {
    for (const descendant of descendantsOf(pid as number, all)) signal(descendant, "SIGKILL");
    // A process started with `detached` leads a group; for others this finds no group of that id.
    signal(-(pid as number), "SIGKILL");
    signal(pid as number, "SIGKILL");
  }
  for (const { pid, startedAt } of relatives) if (all.get(pid)?.startedAt === startedAt) signal(pid, "SIGKILL");
}

function living(children: ReadonlySet<ChildProcess>): readonly ChildProcess[] {
  return [...children].filter(
    (child) => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
  );
}

interface Listed {
  readonly parent: number;
  readonly startedAt: string;
}

function descendantsOf(pid: number, all: ReadonlyMap<number, Listed>): readonly number[] {
  const found = [pid];
  for (const parent of found) for (const [child, listed] of all) if (listed.parent === parent) found.push(child);
  return found.slice(1);
}

/** Where there is no /proc, descendants are left to the process group of the worker. */
function listProcesses(): ReadonlyMap<number, Listed> {
  const all = new Map<number, Listed>();
  if (process.platform !== "linux") return all;
  for (const name of readdirSync("/proc")) {
    const listed = /^\d+$/.test(name) ? readProcess(name) : undefined;
    if (listed !== undefined) all.set(Number(name), listed);
  }
  return all;
}

function readProcess(pid: string): Listed | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(fields[1]), startedAt: fields[19] };
  } catch {
    // It ended between the listing and now.
    return undefined;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already, which is what was wanted.
  }
}
