import { readdirSync, readFileSync } from "node:fs";

/** Environment variable that every process below a worker inherits, whatever group or parent it has by now. */
export const MARK = "MILLRACE_WORKER_MARK";

/**
 * Kills every process of this user that carries a worker's mark: also those that have left the worker's process group, or whose parent is gone.
 * Where there is no /proc, nothing is found. @returns their pids.
 */
export function killMarked(mark: string): readonly number[] {
  if (process.platform !== "linux") return [];
  const marked = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && hasMark(name, mark));
  return marked.map(Number).filter(kill);
}

function hasMark(pid: string, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(`${MARK}=${mark}`);
  } catch {
    // It has ended meanwhile, or belongs to another user.
    return false;
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    // It has ended between the look and now.
    return false;
  }
}
