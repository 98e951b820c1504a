const LAST_LINES = 12;

/** How a process ended that ran user code. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** What it wrote last. */
  readonly output: string;
  /** Limit of its heap. */
  readonly memoryMb: number;
  /** What it did, as a noun: `loading`. */
  readonly work: string;
}

/** Why a process ended, as a sentence without a subject. */
export function describeChildEnd({ code, signal, output, memoryMb, work }: ChildEnd): string {
  if (/heap out of memory|Allocation failed/.test(output)) return tooMuchMemory(work, memoryMb);
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const last = output.trim().split("\n").slice(-LAST_LINES).join("\n");
  return `the process that ran it was ended ${how}${last === "" ? "" : `; its last words:\n${last}`}`;
}

/** That a process was stopped because of its memory. */
export function tooMuchMemory(work: string, memoryMb: number): string {
  return `${work} needs more than ${memoryMb} MB of memory, so it was stopped`;
}
