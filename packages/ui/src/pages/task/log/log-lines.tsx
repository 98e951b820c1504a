import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { texts } from "../../../texts/index.ts";
import type { LogFeed } from "./log-feed.ts";
import { LogLine, type LineLook } from "./log-line.tsx";
import classes from "./log-lines.module.css";
import type { LogSelection } from "./log-selection.model.ts";
import { LINE_HEIGHT, linesThatFill, scrollGeometry } from "./scroll-geometry.model.ts";

/** A line that the view goes to, once for each `turn`. */
export interface LineJump {
  readonly line: number;
  readonly turn: number;
}

/** What the lines of a log are drawn from. */
export interface LogLinesProps {
  readonly feed: LogFeed;
  readonly selection: LogSelection;
  readonly look: LineLook;
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
  readonly jump: LineJump | undefined;
  readonly onPickLine: (line: number) => void;
}

const PIXELS_PER_WHEEL_LINE = 16;
/** Where a line stands that was jumped to: so many lines below the top. */
const LINES_ABOVE = 4;

/** The lines of a log in sight: a few dozen elements, however long the log is. */
export function LogLines(props: LogLinesProps): ReactNode {
  const { feed, selection, look, isFollowing, onFollow, jump, onPickLine } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const { ref: sized, height: viewHeight } = useElementSize();
  const scrollerRef = useMergedRef(scroller, sized);
  const [kept, setTop] = useState(0);
  const [measured, setMeasured] = useState<number>();
  const count = selection.count;
  const fitting = Math.ceil(viewHeight / LINE_HEIGHT) + 1;
  const geometry = scrollGeometry(count, viewHeight, measured ?? viewHeight / LINE_HEIGHT);
  const top = isFollowing ? geometry.lastTop : Math.min(kept, geometry.lastTop);
  const isAtEnd = geometry.lastTop > 0 && top >= geometry.lastTop - 0.01;
  const first = isAtEnd ? Math.max(0, count - fitting) : Math.floor(top);
  const shown = lineNumbers(selection, first, fitting + 1);

  const moveTo = (line: number): void => {
    const next = Math.min(Math.max(0, line), geometry.lastTop);
    setTop(next);
    onFollow(next >= geometry.lastTop - 0.5);
  };
  const [doneJump, setDoneJump] = useState<LineJump>();
  if (jump && jump !== doneJump && viewHeight > 0) {
    setDoneJump(jump);
    setTop(Math.max(0, selection.positionOf(jump.line) - LINES_ABOVE));
  }
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || viewHeight === 0) return;
    const wanted = top * geometry.pixelsPerLine;
    if (Math.abs(element.scrollTop - wanted) > 1) element.scrollTop = wanted;
    if (!rows.current || first + shown.length < count) return;
    const heights = [...rows.current.children].map((row) => row.getBoundingClientRect().height).reverse();
    const filling = linesThatFill(heights, viewHeight);
    if (Math.abs(filling - (measured ?? 0)) > 0.02) setMeasured(filling);
  });
  useWheelByLines(scroller, geometry.isScaled ? (lines) => moveTo(top + lines) : undefined);
  useEffect(() => {
    const missing = feed.store.use(shown);
    if (missing.length > 0) feed.want(missing);
  });
  const onScroll = (): void => {
    const at = scroller.current?.scrollTop ?? 0;
    if (Math.abs(at - top * geometry.pixelsPerLine) > 1) moveTo(at / geometry.pixelsPerLine);
  };
  return (
    <div
      ref={scrollerRef}
      className={classes["scroller"]}
      onScroll={onScroll}
      tabIndex={0}
      role="region"
      aria-label={texts.task.log.label}
    >
      <div className={classes["canvas"]} style={{ height: geometry.height }}>
        <div className={classes["view"]} style={{ height: viewHeight }} data-wrap={look.wraps || undefined}>
          <div ref={rows} className={classes["rows"]} data-at-end={isAtEnd || undefined} style={offsetOf(top, isAtEnd)}>
            {shown.map((line) => (
              <LogLine key={line} line={line} record={feed.store.line(line)} look={look} onPick={onPickLine} />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

function lineNumbers(selection: LogSelection, first: number, most: number): readonly number[] {
  const lines: number[] = [];
  for (let position = first; position < first + most; position += 1) {
    const line = selection.lineAt(position);
    if (line === undefined) break;
    lines.push(line);
  }
  return lines;
}

function offsetOf(top: number, isAtEnd: boolean): { readonly transform: string } | undefined {
  return isAtEnd ? undefined : { transform: `translateY(${-(top % 1) * LINE_HEIGHT}px)` };
}

/** Where a pixel of the scroll bar is many lines, the wheel moves by lines. */
function useWheelByLines(
  scroller: React.RefObject<HTMLDivElement | null>,
  move: ((lines: number) => void) | undefined,
): void {
  useEffect(() => {
    const element = scroller.current;
    if (!element || !move) return;
    const onWheel = (turned: WheelEvent): void => {
      turned.preventDefault();
      move(turned.deltaY / PIXELS_PER_WHEEL_LINE);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  });
}
