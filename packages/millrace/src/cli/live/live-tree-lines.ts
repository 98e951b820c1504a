import { isTerminal, type Graph, type Micros, type TaskInstanceSummary, type TaskState } from "@millrace/core";
import { paintState, stateSign } from "../output/paint-state.ts";
import { showSpan } from "../output/show-time.ts";
import type { Screen } from "../status-area.ts";
import type { Paint } from "../terminal.ts";
import { spinner } from "./spinner.ts";

/** Deeper tasks stand no further to the right. */
const MOST_INDENT = 8;
/** Where there is no room for all tasks, those in the first of these states are shown first. */
const FIRST: readonly TaskState[] = [
  "running",
  "restarting",
  "failed",
  "up_for_retry",
  "queued",
  "deferred",
  "up_for_reschedule",
  "upstream_failed",
];

/** A run at a moment. */
export interface LiveRun {
  readonly graph: Graph;
  readonly run: { readonly runKey: string; readonly state: string; readonly startedAt?: Micros };
  readonly instances: readonly TaskInstanceSummary[];
  readonly now: Micros;
}

/** How it is shown. */
export interface LiveStyle {
  readonly screen: Screen;
  readonly paint: Paint;
  /** Counts up; the spinner turns with it. */
  readonly frame: number;
  /** What the keys do, below the tree; none without somebody who could press them. */
  readonly keys: string;
}

interface TaskRow {
  readonly text: string;
  readonly state: TaskState;
}

/** A run as lines that fit the screen: what it does, its tasks as a tree, and the keys. Where tasks have no room, they are counted. */
export function liveTreeLines(live: LiveRun, style: LiveStyle): readonly string[] {
  const { graph, instances } = live;
  const byTask = Map.groupBy(instances, ({ taskId }) => taskId);
  const depths: number[] = [];
  const rows = graph.tasks.map(({ taskId, upstream }, index): TaskRow => {
    depths[index] = Math.max(-1, ...upstream.map((edge) => depths[edge.task])) + 1;
    return taskRow(byTask.get(taskId) ?? [], { ...live, ...style, taskId, depth: depths[index] });
  });
  const room = Math.max(3, style.screen.rows - 3);
  const shown = chooseRows(rows, room);
  const hidden = rows.filter((_, index) => !shown.has(index));
  return [
    headLine(live, style),
    ...rows.filter((_, index) => shown.has(index)).map(({ text }) => text),
    ...(hidden.length > 0 ? [style.paint.dim(`  and ${hidden.length} more: ${countStates(hidden)}`)] : []),
    ...(style.keys === "" ? [] : [style.paint.dim(`  ${style.keys}`)]),
  ];
}

function headLine({ graph, run, instances, now }: LiveRun, { paint, frame }: LiveStyle): string {
  const done = instances.filter(({ state }) => isTerminal(state)).length;
  const span = run.startedAt === undefined ? "" : ` ${paint.dim(showSpan(Math.max(0, now - run.startedAt)))}`;
  const state = run.state === "queued" ? "waiting for its turn" : paintState(run.state, paint);
  return `${spinner(paint, frame)} ${paint.bold(graph.dagId)} ${run.runKey} ${state}${span}, ${done} of ${instances.length} task instances done`;
}

function chooseRows(rows: readonly TaskRow[], room: number): ReadonlySet<number> {
  if (rows.length <= room) return new Set(rows.keys());
  const rank = ({ state }: TaskRow): number => {
    const place = FIRST.indexOf(state);
    return place === -1 ? FIRST.length : place;
  };
  const order = [...rows.keys()].sort((a, b) => rank(rows[a]) - rank(rows[b]) || a - b);
  return new Set(order.slice(0, room - 1));
}

function taskRow(
  instances: readonly TaskInstanceSummary[],
  {
    taskId,
    depth,
    now,
    paint,
    frame,
  }: { readonly taskId: string; readonly depth: number; readonly now: Micros } & Pick<LiveStyle, "paint" | "frame">,
): TaskRow {
  const indent = "  ".repeat(1 + Math.min(depth, MOST_INDENT));
  const mapped = instances.filter(({ mapIndex }) => mapIndex >= 0);
  const [state, ...others] = [...new Set(instances.map((each) => each.state))].sort(byLoudness);
  const sign = state === "running" ? spinner(paint, frame) : stateSign(state ?? "none", paint);
  if (mapped.length === 0) {
    const detail = instances.length === 0 ? "" : instanceDetail(instances[0], { now, paint });
    return { state: state ?? "none", text: `${indent}${sign} ${taskId}${detail}` };
  }
  const done = mapped.filter((each) => isTerminal(each.state)).length;
  const counts = others.length === 0 ? paintState(state, paint) : countStates(instances);
  return { state, text: `${indent}${sign} ${taskId} ${done}/${mapped.length} ${paint.dim(counts)}` };
}

function instanceDetail(
  instance: TaskInstanceSummary,
  { now, paint }: { readonly now: Micros; readonly paint: Paint },
): string {
  const { state, startedAt, endedAt, dueAt, tryNumber, maxTries, cause } = instance;
  if (state === "none") return "";
  const parts = [paintState(state, paint)];
  const isWaiting = state === "up_for_retry" || state === "up_for_reschedule" || state === "deferred";
  if (startedAt !== undefined && (state === "running" || isTerminal(state)))
    parts.push(paint.dim(showSpan(Math.max(0, (endedAt ?? now) - startedAt))));
  // Most tasks have one try, and it goes well: that needs no words.
  if (tryNumber > 0 && maxTries > 0 && (tryNumber > 1 || state === "failed" || state === "up_for_retry"))
    parts.push(paint.dim(`try ${tryNumber} of ${maxTries + 1}`));
  if (isWaiting && dueAt !== undefined)
    parts.push(paint.yellow(dueAt > now ? `again in ${showWait(dueAt - now)}` : "again now"));
  const why =
    cause && state !== "success" && !isWaiting && isTerminal(state) ? `: ${cause.message.split("\n")[0]}` : "";
  return ` ${parts.join(" ")}${why}`;
}

/** Whole seconds: what counts down need not be exact. */
function showWait(micros: Micros): string {
  return micros < 60_000_000 ? `${Math.ceil(micros / 1_000_000)} s` : showSpan(micros);
}

function byLoudness(a: TaskState, b: TaskState): number {
  const rank = (state: TaskState): number => (FIRST.includes(state) ? FIRST.indexOf(state) : FIRST.length);
  return rank(a) - rank(b);
}

function countStates(rows: readonly { readonly state: TaskState }[]): string {
  return [...Map.groupBy(rows, ({ state }) => state)].map(([state, some]) => `${some.length} ${state}`).join(", ");
}
