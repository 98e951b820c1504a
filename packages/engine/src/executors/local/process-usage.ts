import { readFileSync } from "node:fs";

/** What a process has done until now. */
export interface ProcessUsage {
  /** It runs, waits for a processor, or for a disk. False while it sleeps. */
  readonly wantsProcessor: boolean;
  /** Milliseconds of processor time. */
  readonly cpuMs: number;
}

/** Linux counts processor time in hundredths of a second (USER_HZ, proc_pid_stat(5)). */
const TICK_MS = 10;

/** @returns undefined where the system does not tell it in a file, and for a process that is no more. */
export function processUsage(pid: number): ProcessUsage | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return {
      wantsProcessor: fields[0] === "R" || fields[0] === "D",
      cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    };
  } catch {
    return undefined;
  }
}
