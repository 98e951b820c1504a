import { useImperativeHandle, useState, type ReactNode, type Ref } from "react";
import { StateMark, stateWord } from "../../../components/states/state-mark.tsx";
import { texts } from "../../../texts/index.ts";
import { formatDuration, formatStretch, formatTime, secondsBetween } from "../../../time/format-time.model.ts";
import { useZone } from "../../../time/preferences.tsx";
import type { SquareFacts } from "../../../components/task-tree/grid-cells.model.ts";
import classes from "./grid.module.css";
import type { GridRun } from "./use-grid.ts";

const words = texts.dag.grid;

/** What the pointer is on. */
export interface Hovered {
  readonly run: GridRun;
  /** Absent above the tasks: the run itself. */
  readonly task?: { readonly id: string; readonly square: SquareFacts | undefined };
  readonly x: number;
  readonly y: number;
}

/** How the grid tells the card, without being drawn again itself. */
export interface HoverCardHandle {
  readonly show: (hovered: Hovered | undefined) => void;
}

/** Says at once what is under the pointer. */
export function HoverCard({ ref }: { readonly ref: Ref<HoverCardHandle> }): ReactNode {
  const [hovered, setHovered] = useState<Hovered>();
  useImperativeHandle(ref, () => ({ show: setHovered }), []);
  if (!hovered) return null;
  const { run, task, x, y } = hovered;
  const isRight = x > window.innerWidth / 2;
  const isLow = y > window.innerHeight * 0.65;
  const place = {
    ...(isRight ? { right: window.innerWidth - x + 14 } : { left: x + 14 }),
    ...(isLow ? { bottom: window.innerHeight - y + 12 } : { top: y + 16 }),
  };
  return (
    <div className={classes["card"]} style={place} aria-hidden>
      {task && <strong style={{ overflowWrap: "anywhere" }}>{task.id}</strong>}
      <div>{run.runKey}</div>
      <div style={{ color: "var(--text-dim)" }}>
        <DateWords run={run} />
      </div>
      {task ? <TaskWords square={task.square} /> : <RunWords run={run} />}
    </div>
  );
}

/** As plain text: the card follows the pointer. */
function DateWords({ run }: { readonly run: GridRun }): ReactNode {
  const { zone } = useZone();
  const date = formatTime(run.logicalDate, zone);
  if (run.intervalStart === run.intervalEnd) return `${date.text} ${date.zone}`;
  const data = formatStretch(run.intervalStart, run.intervalEnd, zone);
  const { dataFrom, until } = texts.time;
  return `${date.text} ${date.zone}, ${dataFrom} ${data.from} ${until} ${data.until} ${data.zone}`;
}

function RunWords({ run }: { readonly run: GridRun }): ReactNode {
  const seconds = secondsBetween(run.startedAt, run.endedAt, Date.now());
  return (
    <div>
      <StateMark state={run.state} size={13} /> {stateWord(run.state)} · {texts.runTypes[run.runType]}
      {seconds !== undefined && ` · ${formatDuration(seconds)}`}
    </div>
  );
}

function TaskWords({ square }: { readonly square: SquareFacts | undefined }): ReactNode {
  if (!square) return <div>{words.notThere}</div>;
  const seconds = secondsBetween(square.startedAt, square.endedAt, Date.now());
  const states = Object.entries(square.counts) as [keyof typeof square.counts, number][];
  return (
    <div>
      {states.map(([state, count]) => (
        <div key={state}>
          <StateMark state={state} size={13} /> {square.total > 1 && `${count.toLocaleString("en")} `}
          {stateWord(state)}
        </div>
      ))}
      {seconds !== undefined && <div>{formatDuration(seconds)}</div>}
      {square.tries > 1 && <div>{words.tries(square.tries)}</div>}
    </div>
  );
}
