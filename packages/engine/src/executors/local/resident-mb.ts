import { readFileSync } from "node:fs";

const PAGE_BYTES = 4_096;

/** Memory of a process in MB, its buffers with it: the heap has a limit of its own, these have none. Linux only: elsewhere 0. */
export function residentMb(pid: number | undefined): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return (pages * PAGE_BYTES) / 1_048_576;
  } catch {
    // No such process any more, or no /proc: the time limit remains.
    return 0;
  }
}
