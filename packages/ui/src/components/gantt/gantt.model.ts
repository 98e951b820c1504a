import type { TaskState } from "@millrace/api";

/** When something waited and ran, as the API says it. Without an end it goes on; without a start it waits. */
export interface GanttTimes {
  readonly queuedAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** A span of time, in milliseconds since 1970. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** A bar as parts of the chart's width, 0 to 1. */
export interface GanttBar {
  readonly queuedFrom: number;
  /** Also the end of the waiting. */
  readonly from: number;
  readonly to: number;
}

/** A line of the chart. */
export type GanttRow =
  | {
      readonly kind: "group";
      readonly id: string;
      readonly label: string;
      readonly depth: number;
      readonly isOpen: boolean;
    }
  | {
      readonly kind: "task";
      readonly id: string;
      readonly label: string;
      readonly depth: number;
      /** More than one instance: it can be opened. */
      readonly total: number;
      readonly isOpen: boolean;
    }
  | { readonly kind: "instance"; readonly taskId: string; readonly place: number; readonly depth: number };

/** A task's instances together, as far as the chart needs them. */
export interface GanttCell extends GanttTimes {
  readonly taskId: string;
  readonly state: TaskState;
  readonly total: number;
  readonly tries: number;
}

/** The lines of the tree, with those of opened mapped tasks' instances below them. */
export function ganttRows(
  lines: readonly {
    readonly kind: "group" | "task";
    readonly id: string;
    readonly label: string;
    readonly depth: number;
    readonly isOpen?: boolean;
  }[],
  cells: ReadonlyMap<string, GanttCell>,
  opened: ReadonlySet<string>,
): readonly GanttRow[] {
  const rows: GanttRow[] = [];
  for (const { kind, id, label, depth, isOpen = true } of lines) {
    if (kind === "group") {
      rows.push({ kind, id, label, depth, isOpen });
      continue;
    }
    const total = cells.get(id)?.total ?? 0;
    const isOpened = total > 1 && opened.has(id);
    rows.push({ kind, id, label, depth, total, isOpen: isOpened });
    for (let place = 0; isOpened && place < total; place++)
      rows.push({ kind: "instance", taskId: id, place, depth: depth + 1 });
  }
  return rows;
}

/** From when something first waited until the last end, or until now; undefined while nothing has begun. A hundredth is left free at the end. */
export function ganttRange(all: Iterable<GanttTimes>, nowMs: number): TimeSpan | undefined {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const times of all) {
    const begin = times.queuedAt ?? times.startedAt;
    if (begin === undefined) continue;
    from = Math.min(from, Date.parse(begin), times.startedAt === undefined ? from : Date.parse(times.startedAt));
    to = Math.max(to, times.endedAt === undefined ? Math.max(nowMs, Date.parse(begin)) : Date.parse(times.endedAt));
  }
  if (from > to) return undefined;
  return { from, to: Math.max(to + (to - from) / 100, from + 1) };
}

/** Where a bar lies in a range; undefined when it has not begun to wait. */
export function ganttBar(times: GanttTimes, { from, to }: TimeSpan, nowMs: number): GanttBar | undefined {
  const { queuedAt, startedAt, endedAt } = times;
  const begin = queuedAt ?? startedAt;
  if (begin === undefined) return undefined;
  const place = (ms: number): number => Math.min(1, Math.max(0, (ms - from) / (to - from)));
  const end = place(endedAt === undefined ? nowMs : Date.parse(endedAt));
  // One that ended without a start (its upstream failed, or it was marked) never left the queue.
  const start = startedAt === undefined ? end : place(Date.parse(startedAt));
  // A try that began anew was queued after the first start of others: a bar never begins after it starts.
  return { queuedFrom: Math.min(place(Date.parse(begin)), start), from: start, to: Math.max(start, end) };
}

/** Times of several together: the first of each begin and the last end; while one goes on, there is no end. */
export function joinTimes(all: readonly GanttTimes[]): GanttTimes {
  const least = (texts: readonly (string | undefined)[]): string | undefined =>
    texts.reduce(
      (least, text) => (text !== undefined && (least === undefined || text < least) ? text : least),
      undefined,
    );
  const begun = all.filter(({ queuedAt, startedAt }) => queuedAt !== undefined || startedAt !== undefined);
  const goesOn = begun.some(({ endedAt }) => endedAt === undefined);
  const endedAt = goesOn
    ? undefined
    : begun.reduce<string | undefined>(
        (last, each) => (last === undefined || (each.endedAt ?? "") > last ? each.endedAt : last),
        undefined,
      );
  const [queuedAt, startedAt] = [least(begun.map((each) => each.queuedAt)), least(begun.map((each) => each.startedAt))];
  return {
    ...(queuedAt !== undefined && { queuedAt }),
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
  };
}

const SECOND = 1_000;
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((each) => each * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((each) => each * 60 * SECOND),
  ...[1, 2, 3, 6, 12].map((each) => each * 3_600 * SECOND),
  ...[1, 2, 7, 14, 28].map((each) => each * 86_400 * SECOND),
];

/** Round instants along a range, about `wanted` of them, in milliseconds since 1970. */
export function ganttTicks({ from, to }: TimeSpan, wanted: number): readonly number[] {
  const step = STEPS.find((each) => (to - from) / each <= Math.max(1, wanted)) ?? (to - from) / wanted;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}
