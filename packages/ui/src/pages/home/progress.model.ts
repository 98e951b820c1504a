import { isTerminal, type TaskState } from "@millrace/api";

/** How many task instances of a run are over, of how many; removed ones do not count. */
export function progressOf(counts: Readonly<Partial<Record<TaskState, number>>>): {
  readonly done: number;
  readonly all: number;
} {
  const entries = (Object.entries(counts) as [TaskState, number][]).filter(([state]) => state !== "removed");
  const sum = (list: readonly [TaskState, number][]): number => list.reduce((total, [, count]) => total + count, 0);
  return { done: sum(entries.filter(([state]) => isTerminal(state))), all: sum(entries) };
}
