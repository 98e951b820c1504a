import type { RunState, TaskState } from "@millrace/api";

/** All instances of one task in one run. */
export interface GridCell {
  readonly taskId: string;
  /** States without any are left out. */
  readonly counts: Readonly<Partial<Record<TaskState, number>>>;
  /** The first time that one was queued, the first start, and the last end. */
  readonly queuedAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** The highest try number. */
  readonly tries: number;
}

/** What a square of the grid shows: one task of a run, or a group of them. */
export interface SquareFacts {
  /** The one that matters most. */
  readonly state: TaskState;
  readonly counts: Readonly<Partial<Record<TaskState, number>>>;
  readonly total: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly tries: number;
}

/** States from the one that people must see to the one that they need not. */
const BY_WEIGHT: readonly TaskState[] = [
  "failed",
  "upstream_failed",
  "up_for_retry",
  "running",
  "restarting",
  "up_for_reschedule",
  "deferred",
  "queued",
  "scheduled",
  "none",
  "success",
  "skipped",
  "removed",
];

/** The state that speaks for several instances: the worst, then the one nearest to running. */
export function weightiestState(counts: SquareFacts["counts"]): TaskState {
  return BY_WEIGHT.find((state) => (counts[state] ?? 0) > 0) ?? "none";
}

/** Cells of several tasks as one square; undefined when there are none. */
export function squareOf(cells: readonly GridCell[]): SquareFacts | undefined {
  if (cells.length === 0) return undefined;
  const counts: Partial<Record<TaskState, number>> = {};
  let [total, tries] = [0, 0];
  let startedAt: string | undefined;
  let endedAt: string | undefined;
  for (const cell of cells) {
    for (const [state, count] of Object.entries(cell.counts) as [TaskState, number][]) {
      counts[state] = (counts[state] ?? 0) + count;
      total += count;
    }
    tries = Math.max(tries, cell.tries);
    if (cell.startedAt !== undefined && (startedAt === undefined || cell.startedAt < startedAt))
      startedAt = cell.startedAt;
    if (cell.endedAt !== undefined && (endedAt === undefined || cell.endedAt > endedAt)) endedAt = cell.endedAt;
  }
  return {
    state: weightiestState(counts),
    counts,
    total,
    tries,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
  };
}

/** The shares of states as a CSS background; undefined when all are of one state. */
export function sharesOf(counts: SquareFacts["counts"]): string | undefined {
  const states = BY_WEIGHT.flatMap((state) => {
    const count = counts[state] ?? 0;
    return count > 0 ? [[state, count] as const] : [];
  });
  if (states.length < 2) return undefined;
  const total = states.reduce((sum, [, count]) => sum + count, 0);
  let from = 0;
  const stops = states.map(([state, count]) => {
    const begin = from;
    // A single failure among thousands must be seen, too.
    from = Math.min(100, from + Math.max(12, (count / total) * 100));
    return `var(--state-${state}) ${Math.round(begin)}% ${Math.round(from)}%`;
  });
  return `linear-gradient(to top, ${stops.join(", ")})`;
}

/** Cells that were read, by run and part of the tasks. Later answers take the place of earlier ones; what is out of sight is kept. */
export interface CellBook {
  /** Takes what was read of some runs. */
  readonly keep: (
    part: number,
    runs: readonly { readonly runId: number; readonly cells: readonly GridCell[] }[],
  ) => void;
  readonly find: (runId: number, part: number, taskId: string) => GridCell | undefined;
  /** Whether this part of a run was read. */
  readonly has: (runId: number, part: number) => boolean;
}

/** Makes an empty book. */
export function makeCellBook(): CellBook {
  const book = new Map<number, Map<number, ReadonlyMap<string, GridCell>>>();
  return {
    keep: (part, runs) => {
      for (const { runId, cells } of runs) {
        const parts = book.get(runId) ?? new Map<number, ReadonlyMap<string, GridCell>>();
        parts.set(part, new Map(cells.map((cell) => [cell.taskId, cell])));
        book.set(runId, parts);
      }
    },
    find: (runId, part, taskId) => book.get(runId)?.get(part)?.get(taskId),
    has: (runId, part) => book.get(runId)?.has(part) ?? false,
  };
}

/** Heights of the bars of runs, 0 to 1, by how long they took; those that have not ended count until now. At least a line is left of each. */
export function barHeights(
  runs: readonly { readonly state: RunState; readonly startedAt?: string; readonly endedAt?: string }[],
  nowMs: number,
): readonly number[] {
  const seconds = runs.map(({ startedAt, endedAt }) =>
    startedAt === undefined
      ? 0
      : Math.max(0, ((endedAt === undefined ? nowMs : Date.parse(endedAt)) - Date.parse(startedAt)) / 1_000),
  );
  const longest = Math.max(...seconds, 0.001);
  return seconds.map((each) => Math.max(0.04, each / longest));
}
