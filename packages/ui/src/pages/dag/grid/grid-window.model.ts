import type { GridRow } from "../../../components/task-tree/grid-rows.model.ts";

/** Tasks that are read together. */
export const TASKS_AT_ONCE = 200;
/** Runs that are read together. */
export const RUNS_AT_ONCE = 25;

/** Sizes of the grid's parts in pixels. */
export const GRID_SIZES = { row: 24, column: 20, square: 15, head: 92 } as const;

/** Lines and columns around what is in sight that are drawn as well, and the step in which the window moves. */
const MARGINS = { row: 4, column: 8 } as const;

/** What is drawn: places from … up to, not including, to. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is drawn of the grid; columns are counted from the newest run. */
export interface GridWindow {
  readonly rows: Span;
  readonly columns: Span;
}

/** Where the scrolled part of the grid stands, without the head and the names, which stay. `fromEnd`: how far it is scrolled to the left of its right end. */
export interface ScrollPlace {
  readonly top: number;
  readonly fromEnd: number;
  readonly width: number;
  readonly height: number;
}

/** What is in sight with a margin. It changes in steps, so that most scroll events change nothing. */
export function gridWindow(place: ScrollPlace, counts: { readonly rows: number; readonly runs: number }): GridWindow {
  const { row, column } = GRID_SIZES;
  return {
    rows: span(place.top, place.height, [row, MARGINS.row], counts.rows),
    columns: span(place.fromEnd, place.width, [column, MARGINS.column], counts.runs),
  };
}

function span(offset: number, length: number, [size, margin]: readonly [number, number], count: number): Span {
  const block = Math.floor(offset / size / margin);
  const first = (block - 1) * margin;
  const last = (block + Math.ceil(length / size / margin) + 2) * margin;
  return { from: Math.min(Math.max(0, first), count), to: Math.min(Math.max(0, last), count) };
}

/** Whether two windows are the same. */
export function isSameWindow(one: GridWindow, other: GridWindow): boolean {
  return (
    one.rows.from === other.rows.from &&
    one.rows.to === other.rows.to &&
    one.columns.from === other.columns.from &&
    one.columns.to === other.columns.to
  );
}

/** A part of the grid that is read with one request: a page of runs, and a part of the tasks. */
export interface GridPart {
  readonly page: number;
  readonly part: number;
}

/** The parts that a window needs. @param pageSizes runs of each page, newest first */
export function neededParts(
  window: GridWindow,
  rows: readonly GridRow[],
  pageSizes: readonly number[],
): readonly GridPart[] {
  const parts = new Set<number>();
  for (let row = window.rows.from; row < window.rows.to; row++)
    for (const task of rows[row]?.tasks ?? []) parts.add(Math.floor(task / TASKS_AT_ONCE));
  const pages: number[] = [];
  let first = 0;
  for (const [page, size] of pageSizes.entries()) {
    if (first < window.columns.to && first + size > window.columns.from) pages.push(page);
    first += size;
  }
  // Before the first page of runs is there, its cells are asked for together with it.
  if (pageSizes.length === 0) pages.push(0);
  return pages.flatMap((page) => [...parts].sort((a, b) => a - b).map((part) => ({ page, part })));
}

/** A chosen place: a line (-1: the runs themselves) and a column, counted from the newest run; undefined: none. */
export interface GridPlace {
  readonly row: number;
  readonly column: number | undefined;
}

/** The place under a point of the grid, measured from the top of its head and from its right end; undefined beside everything. */
export function placeAt(
  point: { readonly top: number; readonly fromEnd: number },
  at: ScrollPlace,
  counts: { readonly rows: number; readonly runs: number },
): GridPlace | undefined {
  const { row, column, head } = GRID_SIZES;
  const isHead = point.top < head;
  const line = isHead ? -1 : Math.floor((point.top - head + at.top) / row);
  const isName = point.fromEnd >= at.width;
  const place = Math.floor((point.fromEnd + at.fromEnd) / column);
  if (line >= counts.rows || (isName && isHead) || (!isName && place >= counts.runs)) return undefined;
  return { row: line, column: isName ? undefined : place };
}

/** Where a key leads from a place; undefined when the key means nothing here. Right is toward newer runs. */
export function movedPlace(
  place: GridPlace | undefined,
  key: string,
  counts: { readonly rows: number; readonly runs: number },
): GridPlace | undefined {
  const start = place ?? { row: -1, column: 0 };
  const last = { row: counts.rows - 1, column: counts.runs - 1 };
  const column = start.column ?? 0;
  if (counts.runs === 0) return undefined;
  switch (key) {
    case "ArrowLeft":
      return { row: start.row, column: place ? Math.min(last.column, column + 1) : 0 };
    case "ArrowRight":
      return { row: start.row, column: Math.max(0, column - 1) };
    case "ArrowUp":
      return { row: Math.max(-1, start.row - 1), column };
    case "ArrowDown":
      return { row: Math.min(last.row, start.row + 1), column };
    case "PageUp":
      return { row: Math.max(-1, start.row - 10), column };
    case "PageDown":
      return { row: Math.min(last.row, start.row + 10), column };
    case "Home":
      return { row: start.row, column: last.column };
    case "End":
      return { row: start.row, column: 0 };
    default:
      return undefined;
  }
}

/** How far a box must be scrolled for a place to be in sight. */
export function scrollFor(place: GridPlace, at: ScrollPlace): Pick<ScrollPlace, "top" | "fromEnd"> {
  const { row, column } = GRID_SIZES;
  const within = (offset: number, start: number, size: number, length: number): number =>
    Math.max(start + size - length, Math.min(offset, start));
  return {
    top: place.row < 0 ? at.top : within(at.top, place.row * row, row, at.height),
    fromEnd: place.column === undefined ? at.fromEnd : within(at.fromEnd, place.column * column, column, at.width),
  };
}
