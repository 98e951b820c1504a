import { TASK_STATES } from "@millrace/api";
import { ChevronDown, ChevronRight, Layers } from "lucide-react";
import { memo, type ReactNode } from "react";
import { stateGlyph, stateWord } from "../../../components/states/state-mark.tsx";
import { texts } from "../../../texts/index.ts";
import { sharesOf, squareOf, type GridCell, type SquareFacts } from "../../../components/task-tree/grid-cells.model.ts";
import type { GridRow, GridTree } from "../../../components/task-tree/grid-rows.model.ts";
import { GRID_SIZES, TASKS_AT_ONCE, type Span } from "./grid-window.model.ts";
import classes from "./grid.module.css";
import type { GridCells, GridRun } from "./use-grid.ts";

const words = texts.dag.grid;
const HOLLOW = `${classes["square"]} ${classes["hollow"]}`;
/** Made once: the same element is no work for React. */
const GLYPHS = Object.fromEntries(
  TASK_STATES.map((state) => [state, stateGlyph(state) === "" ? null : <path d={stateGlyph(state)} />]),
);

/** What a line of the grid is drawn from. The same objects mean the same picture. */
export interface GridLineProps {
  readonly row: GridRow;
  readonly place: number;
  readonly tree: GridTree;
  readonly runs: readonly GridRun[];
  /** First and last column that is drawn. */
  readonly from: number;
  readonly to: number;
  readonly cells: GridCells;
}

/** The id of a square in the document. */
export function squareId(rowId: string, runId: number): string {
  return `square-${runId}-${rowId}`;
}

/** What a square shows; undefined where the run has no such task, or it is not read yet. */
export function squareAt(row: GridRow, runId: number, tree: GridTree, cells: GridCells): SquareFacts | undefined {
  const found: GridCell[] = [];
  for (const place of row.tasks) {
    const cell = cells.book.find(runId, Math.floor(place / TASKS_AT_ONCE), tree.tasks[place]?.taskId ?? "");
    if (cell) found.push(cell);
  }
  return squareOf(found);
}

/** What the counts of a square are in words. */
function squareWords({ state, counts, total }: SquareFacts): string {
  if (total === 1) return stateWord(state);
  return (Object.entries(counts) as [keyof typeof counts, number][])
    .map(([each, count]) => `${count} ${stateWord(each)}`)
    .join(", ");
}

/** A line of the grid: a task or a group, and its squares. Drawn again only when it shows something else. */
export const GridLine = memo(function GridLine(props: GridLineProps): ReactNode {
  const { row, place, tree, runs, from, to, cells } = props;
  const span: Span = { from, to };
  const squares = runs.slice(span.from, span.to).flatMap((run, index) => {
    const square = squareAt(row, run.runId, tree, cells);
    return square === undefined
      ? []
      : [<Square key={run.runId} row={row} run={run} column={span.from + index} square={square} />];
  });
  return (
    <div
      role="row"
      aria-rowindex={place + 2}
      aria-label={row.label}
      aria-level={row.depth + 1}
      aria-expanded={row.kind === "group" ? row.isOpen : undefined}
      className={classes["row"]}
      style={{ top: GRID_SIZES.head + place * GRID_SIZES.row, height: GRID_SIZES.row }}
    >
      {/* A line whose squares are not read yet, or that has none, is a line all the same: one without cells is none to a screen reader. */}
      {squares.length > 0 ? squares : <span role="gridcell" />}
    </div>
  );
});

/** The name of a line, in the column of names. For the eye and the mouse: the line says its name itself, and the keyboard folds it. */
export const GridName = memo(function GridName({
  row,
  place,
  onFold,
}: {
  readonly row: GridRow;
  readonly place: number;
  readonly onFold: (groupId: string) => void;
}): ReactNode {
  const style = { top: place * GRID_SIZES.row, height: GRID_SIZES.row, paddingLeft: 6 + row.depth * 14 };
  return (
    <div className={classes["name"]} data-kind={row.kind} style={style} title={row.id}>
      {row.kind === "group" ? (
        <button
          type="button"
          tabIndex={-1}
          className={classes["fold"]}
          aria-expanded={row.isOpen}
          aria-label={row.isOpen ? words.fold(row.id) : words.unfold(row.id)}
          onClick={(event) => {
            event.stopPropagation();
            onFold(row.id);
          }}
        >
          {row.isOpen ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
        </button>
      ) : (
        <span style={{ flex: "none", width: 18 }} />
      )}
      <span>{row.label}</span>
      {row.isMapped && <Layers size={12} className={classes["mapped"]} aria-label={words.mapped} role="img" />}
    </div>
  );
});

// As few attributes as will do: thousands of them are made while one scrolls. Where a square lies tells what it stands for.
function Square({
  row,
  run,
  column,
  square,
}: {
  readonly row: GridRow;
  readonly run: GridRun;
  readonly column: number;
  readonly square: SquareFacts;
}): ReactNode {
  const { state } = square;
  const right = column * GRID_SIZES.column + (GRID_SIZES.column - GRID_SIZES.square) / 2;
  const shares = sharesOf(square.counts);
  return (
    <svg
      role="gridcell"
      id={squareId(row.id, run.runId)}
      aria-label={`${row.id}, ${run.runKey}: ${squareWords(square)}`}
      className={state === "none" || state === "removed" ? HOLLOW : classes["square"]}
      viewBox="0 0 16 16"
      style={{ right, background: shares ?? `var(--state-${state})` }}
    >
      {GLYPHS[state]}
    </svg>
  );
}
