import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Kills processes with everything that they have started. */
export function endChildren(children: ReadonlySet<ChildProcess>): number {
  const alive = [...children].filter(
    (child) => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
  );
  if (alive.length === 0) return 0;
  const below = childrenByParent();
  for (const child of alive) {
    const pid = child.pid as number;
    // Stopped first, so that it cannot start more while its descendants are being listed.
    signal(pid, "SIGSTOP");
    for (const descendant of descendantsOf(pid, below)) signal(descendant, "SIGKILL");
    // A process started with `detached` leads a group; for others this finds no group of that id.
    signal(-pid, "SIGKILL");
    signal(pid, "SIGKILL");
  }
  return alive.length;
}

function descendantsOf(pid: number, below: ReadonlyMap<number, readonly number[]>): readonly number[] {
  return (below.get(pid) ?? []).flatMap((child) => [child, ...descendantsOf(child, below)]);
}

/** Where there is no /proc, descendants are left to the process group of the worker. */
function childrenByParent(): ReadonlyMap<number, readonly number[]> {
  const below = new Map<number, number[]>();
  if (process.platform !== "linux") return below;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(name);
    if (parent === undefined) continue;
    const list = below.get(parent);
    if (list === undefined) below.set(parent, [Number(name)]);
    else list.push(Number(name));
  }
  return below;
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
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
