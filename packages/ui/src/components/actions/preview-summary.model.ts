import type { AnswerOf, previewCommand, RunState, TaskState } from "@millrace/api";
import type { RunTarget, Selector } from "./action-targets.model.ts";

/** What the server says that a command would do. */
export type CommandPreview = AnswerOf<typeof previewCommand>;

/** What would happen in a run, or why nothing can. */
export interface RunPreview {
  readonly run: RunTarget;
  readonly selectors: readonly Selector[];
  /** Version of the run that the preview is of; present when it has ended, so that it can be insisted on. */
  readonly changeVersion?: number;
  readonly previews: readonly CommandPreview[];
  readonly error?: unknown;
}

/** A task instance that would change. */
export interface PreviewRow {
  readonly id: string;
  readonly run: RunTarget;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly from: TaskState | null;
  readonly to: TaskState;
}

/** All that would happen. */
export interface PreviewSummary {
  /** Those that are listed: all, or the first ones of each run. */
  readonly rows: readonly PreviewRow[];
  /** How many there are in all. */
  readonly total: number;
  /** How many of them would be made. */
  readonly made: number;
  /** How many are in which state now; `none` for those that would be made. */
  readonly fromCounts: Readonly<Partial<Record<TaskState, number>>>;
  /** How many would be in which state afterwards. */
  readonly toCounts: Readonly<Partial<Record<TaskState, number>>>;
  /** Runs in which what is meant would happen. */
  readonly touched: readonly RunPreview[];
  /** Runs in which it would not; they are left alone. */
  readonly untouched: readonly RunPreview[];
  /** Runs that the server refuses, with its reason. */
  readonly refused: readonly RunPreview[];
  /** Runs that would move to another version of their DAG. */
  readonly moved: readonly { readonly run: RunTarget; readonly version: number }[];
  /** How runs' own states would change. */
  readonly runChanges: readonly { readonly run: RunTarget; readonly from: RunState | null; readonly to: RunState }[];
}

/** Whether a preview says that what was meant would happen: a command can also do no more than let an ended run go on. */
export type Touches = (preview: CommandPreview) => boolean;

/** Something would happen, whatever it is. */
export function touchesAnything({ total, run, version }: CommandPreview): boolean {
  return total > 0 || run !== undefined || version !== undefined;
}

/** A task instance that there is would be cleared. */
export function touchesByClear({ changes }: CommandPreview): boolean {
  return changes.some(({ from, to }) => to === "restarting" || (to === "none" && from !== null));
}

/** Puts previews of several runs together. An instance that several selectors mean counts once; runs that are not touched count for nothing. */
export function summarisePreviews(previews: readonly RunPreview[], touches: Touches = touchesAnything): PreviewSummary {
  const rows: PreviewRow[] = [];
  const changes: CommandPreview["changes"][number][] = [];
  const [touched, untouched, refused]: [RunPreview[], RunPreview[], RunPreview[]] = [[], [], []];
  const moved: PreviewSummary["moved"][number][] = [];
  const runChanges: PreviewSummary["runChanges"][number][] = [];
  for (const preview of previews) {
    if (preview.error !== undefined) {
      refused.push(preview);
      continue;
    }
    if (!preview.previews.some(touches)) {
      untouched.push(preview);
      continue;
    }
    touched.push(preview);
    const { run } = preview;
    const ofRun = rowsOf(preview);
    rows.push(...ofRun);
    const [only, ...others] = preview.previews;
    changes.push(...(others.length === 0 ? only.changes : ofRun.map(({ from, to }) => ({ from, to, count: 1 }))));
    const change = preview.previews.find((one) => one.run)?.run;
    const version = preview.previews.find((one) => one.version !== undefined)?.version;
    if (change) runChanges.push({ run, ...change });
    if (version !== undefined) moved.push({ run, version });
  }
  return {
    rows,
    total: sum(changes),
    made: sum(changes.filter(({ from }) => from === null)),
    fromCounts: countBy(changes, ({ from }) => from ?? "none"),
    toCounts: countBy(changes, ({ to }) => to),
    touched,
    untouched,
    refused,
    moved,
    runChanges,
  };
}

/** Each instance once: several selectors may mean the same one. */
function rowsOf({ run, previews }: RunPreview): readonly PreviewRow[] {
  const rows = new Map<string, PreviewRow>();
  for (const { instances } of previews)
    for (const { taskId, mapIndex, from, to } of instances) {
      const id = `${run.runId} ${taskId} ${mapIndex}`;
      rows.set(id, { id, run, taskId, mapIndex, from, to });
    }
  return [...rows.values()];
}

type Change = CommandPreview["changes"][number];

function sum(changes: readonly Change[]): number {
  return changes.reduce((all, { count }) => all + count, 0);
}

function countBy(
  changes: readonly Change[],
  stateOf: (change: Change) => TaskState,
): Partial<Record<TaskState, number>> {
  const counts: Partial<Record<TaskState, number>> = {};
  for (const change of changes) counts[stateOf(change)] = (counts[stateOf(change)] ?? 0) + change.count;
  return counts;
}
