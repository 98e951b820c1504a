import {
  useCallback,
  useEffect,
  useRef,
  type HTMLAttributes,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  type RefObject,
} from "react";
import { texts } from "../../../texts/index.ts";
import { GridLine, GridName, squareAt, squareId } from "./grid-row.tsx";
import { GRID_SIZES, movedPlace, placeAt, scrollFor, type GridPlace, type GridWindow } from "./grid-window.model.ts";
import classes from "./grid.module.css";
import { HoverCard, type HoverCardHandle } from "./hover-card.tsx";
import { RunBars } from "./run-bars.tsx";
import { useGridCells, type GridShape } from "./use-grid.ts";
import type { GridFilters } from "./use-grid-filters.ts";
import { scrollPlaceOf, useGridWindow } from "./use-scroll-place.ts";

const words = texts.dag.grid;
/** Older runs are read when so many columns are left to the left. */
const READ_AHEAD = 15;

/** What the grid shows and what it does when somebody asks. */
export interface GridViewProps {
  readonly dagId: string;
  readonly filters: GridFilters;
  readonly shape: GridShape;
  /** What is chosen, as a place. */
  readonly chosen: GridPlace | undefined;
  readonly onChoose: (place: GridPlace | undefined) => void;
  readonly onOpen: (place: GridPlace) => void;
  readonly onFold: (groupId: string) => void;
}

/** Runs × tasks. Only what is in sight is drawn; the pointer and the keyboard move marks that lie over it. */
export function GridView(props: GridViewProps): ReactNode {
  const { dagId, filters, shape, chosen, onFold } = props;
  const { rows, runs } = shape;
  const box = useRef<HTMLDivElement>(null);
  const [window, follow] = useGridWindow({ rows: rows.length, runs: runs.length });
  const cells = useGridCells(dagId, filters, shape, window);
  const hover = useHover(props, cells, box);
  const handlers = handlersOf(props, box);
  const drawn = rows.slice(window.rows.from, window.rows.to);
  useReadAhead(shape, window);
  const place = useCallback(
    (element: HTMLDivElement | null) => {
      box.current = element;
      return follow(element);
    },
    [follow],
  );
  const { head, row: rowHeight, column } = GRID_SIZES;
  const size = { width: `calc(var(--names) + ${runs.length * column + 6}px)`, height: head + rows.length * rowHeight };
  return (
    <div className={classes["box"]}>
      <div
        ref={place}
        className={classes["scroller"]}
        role="treegrid"
        tabIndex={0}
        aria-label={words.label}
        aria-rowcount={rows.length + 1}
        aria-colcount={runs.length + 1}
        aria-activedescendant={activeId(chosen, shape)}
        aria-description={words.keys}
        onPointerMove={hover.move}
        onPointerLeave={hover.leave}
        {...handlers}
      >
        <div className={classes["inner"]} style={size} role="presentation">
          <RunBars runs={runs} span={window.columns} />
          <Marks chosen={chosen} />
          <div ref={hover.line} className={classes["hoverLine"]} style={{ height: rowHeight, display: "none" }} />
          <div ref={hover.column} className={classes["hoverColumn"]} style={{ width: column, display: "none" }} />
          <div className={classes["names"]} style={{ height: rows.length * rowHeight }} aria-hidden>
            {drawn.map((row, index) => (
              <GridName key={row.id} row={row} place={window.rows.from + index} onFold={onFold} />
            ))}
          </div>
          {drawn.map((row, index) => (
            <GridLine
              key={row.id}
              row={row}
              place={window.rows.from + index}
              tree={shape.tree}
              runs={runs}
              from={window.columns.from}
              to={window.columns.to}
              cells={cells}
            />
          ))}
        </div>
      </div>
      <HoverCard ref={hover.card} />
    </div>
  );
}

/** Reads older runs before one has scrolled to the end of those that are there. */
function useReadAhead({ runs, hasMore, isReading, readMore }: GridShape, window: GridWindow): void {
  const isWanted = hasMore && !isReading && window.columns.to > runs.length - READ_AHEAD;
  useEffect(() => {
    if (isWanted) readMore();
  }, [isWanted, runs.length]);
}

/** What keys and clicks do. */
function handlersOf(
  { shape: { rows, runs }, chosen, onChoose, onOpen, onFold }: GridViewProps,
  box: RefObject<HTMLDivElement | null>,
): Pick<HTMLAttributes<HTMLElement>, "onKeyDown" | "onClick" | "onDoubleClick"> {
  const choose = (next: GridPlace): void => {
    onChoose(next);
    if (!box.current) return;
    const { top, fromEnd } = scrollFor(next, scrollPlaceOf(box.current));
    box.current.scrollTo({ top, left: -fromEnd });
  };
  const press = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const moved = movedPlace(chosen, event.key, { rows: rows.length, runs: runs.length });
    const row = chosen && rows[chosen.row];
    if (moved) choose(moved);
    else if (event.key === "Enter" && chosen) onOpen(chosen);
    else if (event.key === "Escape" && chosen) onChoose(undefined);
    else if (event.key === " " && row?.kind === "group") onFold(row.id);
    else return;
    event.preventDefault();
  };
  const at = (act: (place: GridPlace) => void) => (event: MouseEvent) => {
    const place = pointedPlace(event, box.current, { rows: rows.length, runs: runs.length });
    if (place) act(place);
  };
  return { onKeyDown: press, onClick: at(onChoose), onDoubleClick: at(onOpen) };
}

function activeId(chosen: GridPlace | undefined, { rows, runs }: GridShape): string | undefined {
  const run = chosen?.column === undefined ? undefined : runs[chosen.column];
  if (!chosen || !run) return undefined;
  const row = rows[chosen.row];
  return row ? squareId(row.id, run.runId) : `run-${run.runId}`;
}

/** What is chosen: its line, its column, and a ring where they meet. */
function Marks({ chosen }: { readonly chosen: GridPlace | undefined }): ReactNode {
  if (!chosen) return null;
  const { head, row, column } = GRID_SIZES;
  const top = head + chosen.row * row;
  const right = chosen.column === undefined ? undefined : chosen.column * column;
  return (
    <>
      {chosen.row >= 0 && <div className={classes["line"]} style={{ top, height: row }} />}
      {right !== undefined && <div className={classes["column"]} style={{ right, width: column }} />}
      {right !== undefined && chosen.row >= 0 && (
        <div
          className={classes["ring"]}
          style={{ top: top + 1, right: right - 1, width: column + 2, height: row - 2 }}
        />
      )}
    </>
  );
}

/** The place under the pointer. */
function pointedPlace(
  { clientX, clientY }: Pick<MouseEvent, "clientX" | "clientY">,
  box: HTMLElement | null,
  counts: { readonly rows: number; readonly runs: number },
): GridPlace | undefined {
  if (!box) return undefined;
  const { top, left } = box.getBoundingClientRect();
  const fromEnd = left + box.clientLeft + box.clientWidth - clientX;
  return placeAt({ top: clientY - top - box.clientTop, fromEnd }, scrollPlaceOf(box), counts);
}

interface Hover {
  readonly line: RefObject<HTMLDivElement | null>;
  readonly column: RefObject<HTMLDivElement | null>;
  readonly card: RefObject<HoverCardHandle | null>;
  readonly move: (event: PointerEvent) => void;
  readonly leave: () => void;
}

/** Moves the marks under the pointer by hand: drawing the grid again for each move would be what people feel as lag. */
function useHover(
  { shape }: GridViewProps,
  cells: ReturnType<typeof useGridCells>,
  box: RefObject<HTMLDivElement | null>,
): Hover {
  const line = useRef<HTMLDivElement>(null);
  const column = useRef<HTMLDivElement>(null);
  const card = useRef<HoverCardHandle>(null);
  const last = useRef("");
  const leave = (): void => {
    last.current = "";
    if (line.current) line.current.style.display = "none";
    if (column.current) column.current.style.display = "none";
    card.current?.show(undefined);
  };
  const move = (event: PointerEvent): void => {
    const at = pointedPlace(event, box.current, { rows: shape.rows.length, runs: shape.runs.length });
    if (!at) return leave();
    const key = `${at.row} ${at.column}`;
    if (key === last.current) return;
    last.current = key;
    if (line.current) {
      line.current.style.display = at.row < 0 ? "none" : "block";
      line.current.style.transform = `translateY(${GRID_SIZES.head + at.row * GRID_SIZES.row}px)`;
    }
    if (column.current) {
      column.current.style.display = at.column === undefined ? "none" : "block";
      column.current.style.transform = `translateX(${-(at.column ?? 0) * GRID_SIZES.column}px)`;
    }
    const run = at.column === undefined ? undefined : shape.runs[at.column];
    if (!run) return card.current?.show(undefined);
    const row = shape.rows[at.row];
    const task = row && { id: row.id, square: squareAt(row, run.runId, shape.tree, cells) };
    card.current?.show({ run, x: event.clientX, y: event.clientY, ...(task && { task }) });
  };
  return { line, column, card, move, leave };
}
