import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Resident memory of the direct children of a process, in bytes, largest first: the workers of a Millrace whose database is elsewhere. */
export async function memoryOfChildren(pid: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "ppid=,rss="]);
  return stdout
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([parent]) => parent === pid)
    .map(([, kilobytes]) => kilobytes * 1_024)
    .toSorted((a, b) => b - a);
}
